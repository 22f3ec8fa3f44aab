"""“Share with The Meridian UK”: shows an article in another edition too."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from broadsheet.desk.newsroom.about_article import AboutArticleMixin
from broadsheet.editorial.models import Article, Edition, NotShareableError


class ShareView(AboutArticleMixin, TemplateView):
    template_name = "desk/newsroom/share.html"
    header_icon = "copy"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.article: Article = get_object_or_404(Article, pk=kwargs["article_id"])
        self.edition = get_object_or_404(Edition, pk=kwargs["edition_id"])
        if not self.article.permissions_for_user(request.user).can_publish():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return _("Share with %s") % self.edition.full_name

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            alias = self.article.share_with(self.edition, by=request.user)
        except NotShareableError as error:
            messages.error(request, " ".join(error.messages))
        else:
            said = _("“%(headline)s” now stands in %(edition)s as well.")
            messages.success(
                request,
                said % {"headline": self.article.title, "edition": self.edition.full_name},
                buttons=[messages.button(alias.url, _("See it there"))],
            )
        return redirect("wagtailadmin_pages:edit", self.article.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"article": self.article, "edition": self.edition}


@hooks.register("register_admin_urls")
def share_urls() -> list[Any]:
    return [path("share/<int:article_id>/<int:edition_id>/", ShareView.as_view(), name="desk_share")]


@hooks.register("register_page_header_buttons")
def header_buttons(page: Page, user: Any, view_name: str, next_url: str | None = None) -> list[Button]:
    if page.specific_class is not Article or page.alias_of_id:
        return []
    if not page.live or not page.permissions_for_user(user).can_publish():
        return []
    return [
        Button(
            _("Share with %s") % edition.full_name,
            url=reverse("desk_share", args=[page.pk, edition.pk]),
            icon_name="copy",
            priority=44,
        )
        for edition in Edition.objects.exclude(locale=page.locale_id).order_by("path")
        if not page.has_translation(edition.locale_id)
    ]
