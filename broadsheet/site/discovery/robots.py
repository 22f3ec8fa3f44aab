from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from broadsheet.crawlers.known import KNOWN
from broadsheet.crawlers.models import CrawlerPolicy
from broadsheet.editorial.context import editions_of
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.http.caching import for_all, kept

# Of no use in an index, or not the same for everyone.
FOR_EVERY_EDITION = ("/search/", "/read/", "/preview/", "/account/")
FOR_THE_SITE = ("/desk/",)


def _unwelcome() -> list[str]:
    """One group for all crawlers that are to stay away."""
    treatments = CrawlerPolicy.objects.treatments()
    names = [
        name
        for slug, crawler in KNOWN.items()
        if crawler.is_disallowed(treatments[slug])
        for name in crawler.robots
    ]
    return [*(f"User-agent: {name}" for name in names), "Disallow: /", ""] if names else []


@kept
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    prefixes = [f"/{prefix}" if prefix else "" for prefix in settings.EDITIONS.values()]
    closed = [*FOR_THE_SITE, *(f"{prefix}{path}" for prefix in prefixes for path in FOR_EVERY_EDITION)]
    # An edition that has published nothing of its own has no sitemap of news.
    with_news = [edition for edition in editions_of(request) if edition.articles().originals().exists()]
    sitemaps = ["/sitemap.xml", *(f"{edition.prefix}/news-sitemap.xml" for edition in with_news)]
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in closed),
        "",
        *_unwelcome(),
        *(f"Sitemap: {absolute(path)}" for path in sitemaps),
    ]
    return for_all(
        HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8"), seconds=3600
    )
