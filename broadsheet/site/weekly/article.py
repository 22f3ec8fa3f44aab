"""An article as a part of an issue: its own page, with the way through the issue."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from broadsheet.edge.tags import weekly_tag
from broadsheet.editorial.context import edition_of
from broadsheet.editorial.models import Article
from broadsheet.platform.http.caching import kept
from broadsheet.site.reading.pages import article_page, page_at
from broadsheet.weekly.contents import Contents
from broadsheet.weekly.models import State, WeeklyIssue


@kept
@require_safe
def article(request: HttpRequest, number: str, section: str, slug: str) -> HttpResponse:
    """By the code of the article's page, so that the wall is the same. It leads on within the issue."""
    tag = edition_of(request).locale.language_code
    issue = get_object_or_404(WeeklyIssue.objects.of(tag), number=number)
    if issue.state == State.WITHDRAWN:
        # Its letter leads here still, and the article may well be there.
        return redirect("wagtail_serve", f"{section}/{slug}/")
    if not issue.is_public:
        raise Http404
    contents = Contents(issue)
    found = page_at(request, f"{section}/{slug}/")
    way = _way_through(contents, found.pk if found else 0)
    if not way or found is None:
        return _moved(contents, slug)
    return article_page(found, request, tags=[weekly_tag(tag)], weekly=way, next_articles=[])


def _way_through(contents: Contents, pk: int) -> dict[str, Any]:
    """What the bar above an article says and leads to; empty where the issue hasn't got it."""
    here, before, after = contents.around(pk)
    if here is None:
        return {}
    return {
        "issue": contents.issue,
        "here": here,
        "before": before,
        "after": after,
        "count": len(contents.listed),
        "may_be_kept": settings.OFFLINE_ISSUES,
    }


def _moved(contents: Contents, slug: str) -> HttpResponse:
    """To an article that stands in another section by now. Raises Http404."""
    for one in contents.listed:
        if one.article.slug == slug:
            return redirect(one.address)
    raise Http404


def issue_of(number: str, article: Article) -> WeeklyIssue | None:
    """The issue that somebody came from by their own account, where it is published and has the article."""
    if not (number.isascii() and number.isdecimal()) or len(number) > 6:
        return None
    published = WeeklyIssue.objects.of(article.locale.language_code).published()
    return published.filter(number=number, items__article=article).first()


def address_within(issue: WeeklyIssue, article: Article) -> str:
    return reverse("weekly_article", args=[issue.number, article.section.slug, article.slug])


def way_through(issue: WeeklyIssue, article: Article) -> dict[str, Any]:
    return _way_through(Contents(issue), article.pk)
