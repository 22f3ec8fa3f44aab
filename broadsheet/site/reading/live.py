"""A live coverage between two loads of its page: what is new in it, and all of it from the start."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from broadsheet.edge.keeping import keep
from broadsheet.edge.store.page import Facts
from broadsheet.edge.tags import article_tag
from broadsheet.editorial.context import edition_of
from broadsheet.editorial.lookup import find_article
from broadsheet.editorial.models import Article, Coverage, Entry
from broadsheet.paywall.access import next_change
from broadsheet.paywall.verdict import Reason
from broadsheet.platform.http.caching import as_cacheable_as, for_nobody_else, kept
from broadsheet.platform.http.refusals import refuse
from broadsheet.platform.http.rendition import wanted
from broadsheet.site.reading.case import Case
from broadsheet.site.reading.pages import NOT_FOR_ROBOTS, article_page
from broadsheet.site.reading.visit import Visit


def coverage_in(request: HttpRequest, uuid: str) -> tuple[Article, Coverage]:
    """The article and what is told live in it, in the edition that the address names; raises Http404."""
    article = find_article(uuid)
    edition = edition_of(request)
    if article is None or article.locale_id != edition.locale_id or article.coverage is None:
        raise Http404
    article.section.edition = edition
    return article, article.coverage


@dataclass(frozen=True, slots=True)
class News:
    """What came after one state of a coverage, for one visitor."""

    blocks: list[Any]
    """Of entries that they may read, new or changed."""
    gone: list[Entry]
    """Changed ones that they may not read any longer: what their page still shows of them is out of date."""
    words: str
    """What the button says that shows them; empty where there is nothing new."""

    @classmethod
    def since(cls, state: int, coverage: Coverage, shown: list[Any]) -> "News":
        entries = [block for block in shown if block.block_type == "entry" and block.value.changed_in > state]
        visible = {block.value.pk for block in entries}
        changed = [one for one in coverage.shown if one.posted_in <= state < one.changed_in]
        gone = [entry for entry in changed if entry.pk not in visible]
        return cls(entries, gone, _words(sum(block.value.posted_in > state for block in entries), coverage))


def _words(number: int, coverage: Coverage) -> str:
    if number:
        return ngettext("%(n)d new entry", "%(n)d new entries", number) % {"n": number}
    return "" if coverage.is_live else gettext("The coverage has ended")


@kept
@require_safe
def since(request: HttpRequest, uuid: str, state: int) -> HttpResponse:
    """What changed after `state`. It spends nothing, and opens no more than the page that asks does."""
    visit = Visit.of(request)
    if visit.claim.is_refused:
        return refuse(request, 403, NOT_FOR_ROBOTS)
    article, coverage = coverage_in(request, uuid)
    if state > coverage.state:
        raise Http404
    article.publication = visit.publication
    case = Case.of(visit, article)
    parts = article.parts
    shown = [*parts.opening, *(parts.rest if case.verdict.opens else [])]
    context = {
        "article": article,
        "coverage": coverage,
        "edition": edition_of(request),
        "is_open": case.verdict.opens,
        "news": News.since(state, coverage, shown),
    }
    response = render(request, "site/reading/live_since.html", context)
    is_full = case.verdict.opens and case.verdict.reason != Reason.FREE
    response.headers["Broadsheet-Verdict"] = str(case.verdict.reason)
    response.headers["Broadsheet-Rendition"] = "full" if is_full else "public"
    response.headers["X-Robots-Tag"] = "noindex"
    for_nobody_else(response) if is_full else as_cacheable_as(request, response)
    if wanted(request):
        facts = Facts(article.uuid, case.access, visit.tag, is_read=False)
        keep(request, response, article_tag(article.uuid), facts=facts, until=lambda: next_change(article))
    return response


@kept
@require_safe
def from_start(request: HttpRequest, uuid: str) -> HttpResponse:
    """The article with the oldest entry first, for whoever may read all of it; else as it is."""
    article, _coverage = coverage_in(request, uuid)
    return article_page(article, request, oldest_first=True)
