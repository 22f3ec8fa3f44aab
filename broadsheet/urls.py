from django.conf import settings
from django.urls import include, path
from django.views.generic import RedirectView
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents.views.serve import serve as serve_document

from broadsheet.billing.providers.stripe.events import webhook
from broadsheet.identity.files import identity_file
from broadsheet.platform.http.editions import edition_patterns
from broadsheet.site.discovery import sitemaps
from broadsheet.site.discovery.robots import robots
from broadsheet.site.newsletter_links import followed
from broadsheet.site.reading.media import media, picture, sound

handler400 = "broadsheet.site.errors.bad_request"
handler403 = "broadsheet.site.errors.forbidden"
handler404 = "broadsheet.site.errors.not_found"
handler429 = "broadsheet.people.pages.too_many.too_many_requests"  # allauth's, not Django's
handler500 = "broadsheet.site.errors.server_error"

urlpatterns = [
    # Wagtail's own sign-in page knows nothing of second factors.
    path("desk/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("desk/start/", include("broadsheet.desk.first_run.urls")),
    path("desk/", include(wagtailadmin_urls)),
    # Wagtail's pattern for it takes numbers too long to be read; its name is looked up by documents.
    path("documents/<int:document_id>/<path:document_filename>", serve_document, name="wagtaildocs_serve"),
    path(
        "pictures/<str:signature>/<int:picture_id>/<str:spec>/<str:version>.<str:file_format>",
        picture,
        name="picture",
    ),
    path("sounds/<str:signature>/<int:sound_id>/<str:name>", sound, name="sound"),
    path("identity/<str:digest>.<str:ending>", identity_file, name="identity_file"),
    path("media/<path:path>", media, name="media"),
    path("c/<str:token>", followed, name="newsletter_click"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("post/", include("broadsheet.delivery.urls")),
    path("stripe/webhook", webhook, name="stripe_webhook"),
    *(path("", include(module)) for module in (settings.OWN.modules("urls") if settings.OWN else ())),
    *([] if settings.PRODUCTION else [path("demo/", include("broadsheet.demo.urls"))]),
    *edition_patterns(
        *([] if settings.PRODUCTION else [path("", include("broadsheet.demo.till.urls"))]),
        path("account/", include("broadsheet.billing.account_urls")),
        path("account/", include("broadsheet.library.account_urls")),
        path("account/", include("broadsheet.people.urls")),
        path("", include("broadsheet.billing.urls")),
        path("", include("broadsheet.contact.urls")),
        path("", include("broadsheet.editorial.letters.urls")),
        path("", include("broadsheet.newsletters.urls")),
        path("", include("broadsheet.library.urls")),
        path("", include("broadsheet.site.urls")),
    ),
]
