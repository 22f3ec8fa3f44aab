"""The pages of the editors' tree: fronts, sections, articles, standing pages."""

from functools import singledispatch
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail import hooks
from wagtail.contrib.redirects.middleware import get_redirect
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from broadsheet.edge.head import article_head, front_head, page_head
from broadsheet.edge.visitors import reader_of, visitor_of
from broadsheet.editorial.context import edition_of
from broadsheet.editorial.models import (
    Article,
    Edition,
    PreviewLink,
    Publication,
    Section,
    StandingPage,
)
from broadsheet.house.caching import as_cacheable_as, for_nobody_else
from broadsheet.house.refusals import refuse
from broadsheet.meter.allowance import Reason, Verdict, decide
from broadsheet.meter.terms import current_allowance, current_period

FRONT_LENGTH = 36
SECTION_LENGTH = 30
MORE = 3


@require_safe
def page(request: HttpRequest, path: str) -> HttpResponse:
    """The page of the editors' tree at this address, after whatever Wagtail's hooks say of it."""
    found = page_at(request, path)
    if found is None or not found.live:
        if found and found.first_published_at and not _leads_on(request):
            return refuse(request, 410, _("This page was withdrawn. It is not here any more."))
        raise Http404
    for hook in hooks.get_hooks("before_serve_page"):
        if isinstance(answer := hook(found, request, [], {}), HttpResponse):
            return answer
    return show(found.specific, request)


def page_at(request: HttpRequest, path: str) -> Page | None:
    """The page at `path` in the edition that the address names, live or not.

    Wagtail's own routing asks the database twice for each part of a path; no page of ours routes further.
    """
    edition = edition_of(request)
    if not path:
        return edition
    slug = path.rstrip("/").rpartition("/")[2]
    # The slug has an index, the whole path has none.
    return Page.objects.filter(slug=slug, url_path=f"{edition.url_path}{path}").first()


def _leads_on(request: HttpRequest) -> bool:
    return get_redirect(request, Redirect.normalise_path(request.path)) is not None


@singledispatch
def show(found: Page, request: HttpRequest) -> HttpResponse:
    raise Http404


@show.register
def _front(found: Edition, request: HttpRequest) -> HttpResponse:
    context = found.get_context(request) | {
        "articles": found.lineup(FRONT_LENGTH),
        "head": front_head(found, request),
    }
    return _rendered(request, found, context)


@show.register
def _section(found: Section, request: HttpRequest) -> HttpResponse:
    context = found.get_context(request) | {
        "articles": found.lineup(SECTION_LENGTH),
        "head": page_head(found, request),
    }
    return _rendered(request, found, context)


@show.register
def _standing_page(found: StandingPage, request: HttpRequest) -> HttpResponse:
    return _rendered(request, found, found.get_context(request) | {"head": page_head(found, request)})


@show.register
def _article(found: Article, request: HttpRequest) -> HttpResponse:
    # Head, byline and end of the page ask for these again and again; modelcluster remembers none of it.
    prefetch_related_objects([found], "bylines__author__picture", "topics", "corrections")
    found.publication = Publication.load(request_or_site=request)
    found.section.edition = edition_of(request)
    visitor = visitor_of(request, current_period(request))
    verdict = decide(found.uuid, found.effective_access, visitor, current_allowance(request))
    return article_response(found, request, verdict, is_subscriber=visitor.is_subscriber)


def article_response(
    found: Article,
    request: HttpRequest,
    verdict: Verdict,
    *,
    is_subscriber: bool = False,
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """The article in the one form that `verdict` allows. A free article's only form is public."""
    is_full = verdict.opens and verdict.reason != Reason.FREE
    context = {
        "verdict": verdict,
        "rendition": "full" if is_full else "public",
        "is_open": verdict.opens,
        "is_subscriber": is_subscriber,
        **(extra or {}),
    }
    if not verdict.opens:
        # Not even the template gets to see what is withheld.
        context["rest"] = []
    context = found.get_context(request) | context
    if "preview_link" not in context:
        context["more"] = found.section.newest(MORE, besides=found)
        context["head"] = article_head(found, [*context["opening"], *context["rest"]], request)
    response = _rendered(request, found, context)
    if is_full:
        for_nobody_else(response)
    response.headers["Broadsheet-Verdict"] = str(verdict.reason)
    response.headers["Broadsheet-Rendition"] = str(context["rendition"])
    return response


def _rendered(request: HttpRequest, found: Page, context: dict[str, Any]) -> HttpResponse:
    context["signed_in"] = reader_of(request) is not None
    return as_cacheable_as(request, render(request, found.get_template(request), context))


@require_safe
def draft(request: HttpRequest, token: str) -> HttpResponse:
    """One article's latest draft, for whoever was given the link."""
    link = get_object_or_404(PreviewLink.objects.select_related("article"), token=token)
    if not link.is_live:
        return refuse(request, 410, "This preview link has expired or was withdrawn.")
    article = link.article.get_latest_revision_as_object()
    verdict = Verdict(Reason.STAFF, 0, 0)
    response = article_response(article, request, verdict, extra={"preview_link": link})
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return for_nobody_else(response)
