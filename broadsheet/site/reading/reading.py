"""``POST /read/<uuid>``: the one place where an article is spent."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from broadsheet.editorial.lookup import find_article
from broadsheet.editorial.models import Article, Narration
from broadsheet.membership.admission import set_admission
from broadsheet.paywall.cookies import set_count, set_grant
from broadsheet.paywall.models import spend
from broadsheet.paywall.networks import grants
from broadsheet.paywall.verdict import Reason
from broadsheet.platform.http.caching import for_nobody_else
from broadsheet.platform.http.origin import same_origin_only
from broadsheet.platform.http.redirects import see_other, with_query
from broadsheet.platform.http.refusals import refuse, wants_json
from broadsheet.platform.http.robots import unlisted
from broadsheet.platform.kept import KeptByKey
from broadsheet.site.reading.case import Case
from broadsheet.site.reading.next import next_under_wall
from broadsheet.site.reading.pages import NOT_FOR_ROBOTS, case_response
from broadsheet.site.reading.visit import Visit
from broadsheet.site.weekly.article import address_within, issue_of, way_through

UNKNOWN = gettext_lazy("There is no such article.")
# Where the rest begins. In the public rendition, which a browser without cookies gets again, the sentence
# of this name says why the article did not stay open.
READ_ON = "#read-on"
WALL = "#wall"

# What a wave of readers gets is the same for all of them, but for whether a promotion is in it, and which.
_rests = KeptByKey[tuple[int, str, bool, bool], str](
    "articles", "pictures", "publication", "outline", "catalogue", most=200
)


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_only(or_unknown=True)
def read(request: HttpRequest, uuid: str) -> HttpResponse:
    article = find_article(uuid)
    if article is None:
        return refuse(request, 404, UNKNOWN)
    visit = Visit.of(request)
    if visit.claim.is_refused:
        return refuse(request, 403, NOT_FOR_ROBOTS)
    if article.locale.language_code != visit.tag:
        # By the meter rules of another edition it might cost less, or nothing.
        return for_nobody_else(
            redirect(with_query(_own_address(article), request), preserve_request=visit.is_post)
        )
    article.publication = visit.publication
    if not visit.is_post:
        return wall_page(request, Case.of(visit, article))
    if visit.is_speculative:
        return refuse(request, 403, gettext("A prefetch opens nothing."))
    visit.enrol()
    case = _carried_out(Case.of(visit, article))
    response = _answer(request, case)
    case.follow_trial(response)
    _leave_cookies(response, case)
    response.headers["Broadsheet-Verdict"] = str(case.verdict.reason)
    case.count_decision()
    # Without script the article is looked at on the page that the answer leads to.
    if case.opened and wants_json(request):
        case.count_open()
    return for_nobody_else(response)


def _own_address(article: Article) -> str:
    with translation.override(article.locale.language_code):
        return reverse("read", args=[article.uuid])


def _carried_out(case: Case) -> Case:
    """`case` once one is spent, where that is what it takes."""
    if case.verdict.reason != Reason.METER:
        return case
    if case.reader:
        # Decided again, under the reader's lock.
        verdict, case.visit.holding = spend(
            case.reader, case.article.uuid, case.access, case.visitor, case.meter_rules
        )
        return replace(case, verdict=verdict)
    return case if _may_be_granted(case, takes=True) else case.refused_by_network()


def _may_be_granted(case: Case, *, takes: bool) -> bool:
    """Whether a stranger may open an article: no robot may, and each network has a limit an hour.

    Asked here and not of the public rendition, which is the same for all.
    """
    if not case.visit.claim.may_be_granted:
        return False
    limit, thing = case.meter_rules.first_grants, b"first"
    if case.visitor.spent:
        # A robot may show one grant with every request. This is what so many visitors could open besides.
        limit, thing = limit * (case.meter_rules.allowance.strangers - 1), b"further"
    return (grants.take if takes else grants.has_left)(case.visit.address, limit, thing)


def _answer(request: HttpRequest, case: Case) -> HttpResponse:
    article, verdict, opened = case.article, case.verdict, case.opened
    if not wants_json(request):
        if opened:
            return see_other(_landing(request, article) + READ_ON)
        return see_other(with_query(reverse("read", args=[article.uuid]) + WALL, request))
    context = {
        "article": article,
        "case": case,
        "verdict": verdict,
        "access": case.access,
        "publication": article.publication,
        "wall": case.wall(),
        "signed_in": case.visitor.is_reader,
        "landing": _landing(request, article),
    }
    body = {
        "verdict": verdict.reason,
        "opened": opened,
        "left": verdict.left_after,
        "allowance": verdict.allowance,
        "html": _rest(request, case, context)
        if opened
        else render_to_string("site/reading/wall.html", context, request),
        "instead": "",
        "player": "",
    }
    if case.verdict.is_wall:
        instead = context | next_under_wall(case)
        body["instead"] = render_to_string("editorial/article/next.html", instead, request=request)
    narration = Narration.objects.heard(article) if opened else None
    if narration:
        context |= {"narration": narration, "is_open": True}
        body["player"] = render_to_string("site/listening/listen.html", context, request)
    return JsonResponse(body)


def _landing(request: HttpRequest, article: Article) -> str:
    """Where they read it, and come back to: the article's page, or its page within the issue they are in."""
    issue = issue_of(request.GET.get("issue", ""), article)
    return address_within(issue, article) if issue else str(article.get_url(request))


def _rest(request: HttpRequest, case: Case, context: dict[str, Any]) -> str:
    is_subscribers = case.verdict.reason == Reason.SUBSCRIPTION
    key = (case.article.pk, case.visit.tag, case.visitor.is_reader, is_subscribers)

    def render() -> str:
        whole = context | {"rest": case.article.parts.rest}
        return render_to_string("editorial/article/rest.html", whole, request)

    return _rests.get(key, render) or ""


def _leave_cookies(response: HttpResponse, case: Case) -> None:
    reason, period = case.verdict.reason, case.meter_rules.period
    if reason == Reason.METER and not case.reader:
        set_grant(response, case.article.uuid, period)
    case.renew_entitlement_cookie(response)
    # A CDN answers its next requests, and knows nobody's address.
    if reason == Reason.INSTITUTION and (institution := case.visit.institution_at_address):
        set_admission(response, institution)
    if case.verdict.is_counted:
        set_count(response, case.verdict, period)


def wall_page(request: HttpRequest, case: Case) -> HttpResponse:
    """Where this visitor stands with this article: the count, the wall. Spends nothing."""
    landing = _landing(request, case.article)
    if case.verdict.opens:
        return for_nobody_else(redirect(with_query(landing, request, without={"issue"})))
    is_strangers = case.verdict.reason == Reason.METER and not case.reader
    if is_strangers and not _may_be_granted(case, takes=False):
        case = case.refused_by_network()
    standing: dict[str, Any] = {
        "shows_standing": True,
        "left": case.verdict.left,
        "wall": case.wall(),
        "landing": landing,
    }
    if issue := issue_of(request.GET.get("issue", ""), case.article):
        standing["weekly"] = way_through(issue, case.article)
    response = case_response(request, case, **standing, **next_under_wall(case))
    case.follow_trial(response)
    return for_nobody_else(unlisted(response))
