"""The pages of the editors' tree: fronts, sections, articles, standing pages."""

from collections.abc import Iterable
from functools import singledispatch
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from wagtail import hooks
from wagtail.contrib.redirects.middleware import get_redirect
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from broadsheet.edge.keeping import keep
from broadsheet.edge.store.page import Facts
from broadsheet.edge.tags import article_tag, lists_tag
from broadsheet.editorial.context import edition_of, editions_of
from broadsheet.editorial.live.dividing import oldest_first
from broadsheet.editorial.lookup import article_at, gather
from broadsheet.editorial.models import (
    Article,
    Edition,
    Narration,
    PreviewLink,
    Section,
    StandingPage,
)
from broadsheet.paywall.access import next_change
from broadsheet.paywall.cookies import set_count
from broadsheet.paywall.verdict import Reason, Verdict
from broadsheet.platform.http.caching import as_cacheable_as, for_nobody_else, kept
from broadsheet.platform.http.refusals import refuse
from broadsheet.platform.http.rendition import wanted
from broadsheet.site.discovery.head import article_head, front_head, page_head
from broadsheet.site.reading import most_read
from broadsheet.site.reading.case import Case
from broadsheet.site.reading.next import next_after
from broadsheet.site.reading.visit import Visit

NOT_FOR_ROBOTS = gettext_lazy("This magazine asks this robot to stay away.")
FRONT_LENGTH = 36
SECTION_LENGTH = 30


@kept
@require_safe
def page(request: HttpRequest, path: str) -> HttpResponse:
    """The page of the editors' tree at this address, after whatever Wagtail's hooks say of it."""
    if not path and not editions_of(request):
        return for_nobody_else(render(request, "site/reading/being_set_up.html", status=503))
    found = page_at(request, path)
    if found is None or not found.live:
        if found and found.first_published_at and not _leads_on(request):
            return refuse(request, 410, _("This page has been withdrawn."))
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
    url_path = f"{edition.url_path}{path}"
    # Articles stand below sections, and nothing else does.
    if "/" in path.rstrip("/"):
        return article_at(url_path)
    slug = path.rstrip("/").rpartition("/")[2]
    # The slug has an index, the whole path has none.
    return Page.objects.filter(slug=slug, url_path=url_path).first()


def _leads_on(request: HttpRequest) -> bool:
    return get_redirect(request, Redirect.normalise_path(request.path)) is not None


@singledispatch
def show(found: Page, request: HttpRequest) -> HttpResponse:
    raise Http404


@show.register
def _front(found: Edition, request: HttpRequest) -> HttpResponse:
    articles = found.lineup(FRONT_LENGTH)
    context = found.get_context(request) | {
        "articles": articles,
        "most_read": most_read.of_edition(found.locale),
        "head": front_head(found, articles, request),
    }
    return _kept(request, found, context)


@show.register
def _section(found: Section, request: HttpRequest) -> HttpResponse:
    articles = found.lineup(SECTION_LENGTH)
    context = found.get_context(request) | {
        "articles": articles,
        "head": page_head(found, request, articles),
    }
    return _kept(request, found, context)


@show.register
def _standing_page(found: StandingPage, request: HttpRequest) -> HttpResponse:
    return _kept(request, found, found.get_context(request) | {"head": page_head(found, request)})


@show.register
def _article(found: Article, request: HttpRequest) -> HttpResponse:
    return article_page(found, request)


def article_page(
    found: Article, request: HttpRequest, *, tags: Iterable[str] = (), **extra: Any
) -> HttpResponse:
    """`tags` are of what the page shows besides the article."""
    visit = Visit.of(request)
    if visit.claim.is_refused:
        return refuse(request, 403, NOT_FOR_ROBOTS)
    gather(found)
    found.publication = visit.publication
    found.section.edition = edition_of(request)
    case = Case.of(visit, found)
    response = case_response(request, case, **extra)
    if wanted(request):
        # Who is going to read it, the front knows, and counts.
        _keep(request, case, response, tags)
        return response
    # The public rendition decides nothing yet, and may come from a cache.
    if response.headers["Broadsheet-Rendition"] == "full" and not visit.is_speculative:
        case.count_decision()
        case.count_open()
    case.renew_entitlement_cookie(response)
    case.follow_trial(response)
    if response.headers["Broadsheet-Rendition"] == "public":
        _keep(request, case, response, tags)
    elif case.verdict.is_counted:
        # It may have changed since this browser's last post: on another device, or at the desk.
        set_count(response, case.verdict, case.meter_rules.period)
    return response


def case_response(request: HttpRequest, case: Case, **extra: Any) -> HttpResponse:
    """The article of `case` in the one form that its verdict allows."""
    context = {
        "case": case,
        "access": case.access,
        "is_subscriber": case.visitor.is_subscriber,
        "may_give": case.may_give,
        "signed_in": case.visitor.is_reader,
        "reads_everything": case.visitor.is_subscriber or case.visitor.is_staff,
    }
    if "next_articles" not in extra:
        extra |= next_after(case)
    return article_response(request, case.article, case.verdict, **context, **extra)


def article_response(request: HttpRequest, found: Article, verdict: Verdict, **extra: Any) -> HttpResponse:
    """The article in the one form that `verdict` allows. A free article's only form is public."""
    is_full = verdict.opens and verdict.reason != Reason.FREE
    context = {
        "verdict": verdict,
        "rendition": "full" if is_full else "public",
        "is_open": verdict.opens,
        **extra,
    }
    if not verdict.opens:
        # Not even the template gets to see what is withheld.
        context["rest"] = []
    context = found.get_context(request) | context
    if context.get("oldest_first") and verdict.opens:
        turned = oldest_first(found.parts)
        context |= {"opening": turned.opening, "rest": turned.rest}
    if "preview_link" not in context:
        shown = [*context["opening"], *context["rest"]]
        context["narration"] = narration = Narration.objects.heard(found)
        heard = narration if verdict.opens else None
        context["head"] = article_head(found, shown, request, access=context["access"], heard=heard)
    response = _rendered(request, found, context)
    if is_full:
        for_nobody_else(response)
    response.headers["Broadsheet-Verdict"] = str(verdict.reason)
    response.headers["Broadsheet-Rendition"] = str(context["rendition"])
    return response


def _keep(request: HttpRequest, case: Case, response: HttpResponse, tags: Iterable[str]) -> None:
    """Keeps the public rendition, and with it what a subscriber reads while the database is away."""
    article = case.article

    def rest() -> str:
        context = {"article": article, "rest": article.parts.rest, "is_subscriber": True}
        return render_to_string("editorial/article/rest.html", context, request=request)

    keep(
        request,
        response,
        article_tag(article.uuid),
        *tags,
        facts=Facts(article.uuid, case.access, case.visit.tag),
        rest=None if case.verdict.opens else rest,
        until=lambda: next_change(article),
    )


def _rendered(request: HttpRequest, found: Page, context: dict[str, Any]) -> HttpResponse:
    if "signed_in" not in context:
        context["signed_in"] = Visit.of(request).is_reader
    return as_cacheable_as(request, render(request, found.get_template(request), context))


def _kept(request: HttpRequest, found: Page, context: dict[str, Any]) -> HttpResponse:
    response = _rendered(request, found, context)
    keep(request, response, lists_tag(Visit.of(request).tag))
    return response


@require_safe
def draft(request: HttpRequest, token: str) -> HttpResponse:
    """One article's latest draft, for whoever was given the link."""
    link = get_object_or_404(PreviewLink.objects.select_related("article"), token=token)
    if not link.is_live:
        return refuse(request, 410, _("This preview link has expired or was withdrawn."))
    article = link.article.get_latest_revision_as_object()
    response = article_response(request, article, Verdict(Reason.STAFF, 0, 0), preview_link=link)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return for_nobody_else(response)
