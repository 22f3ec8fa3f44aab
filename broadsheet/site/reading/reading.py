"""``POST /read/<uuid>``: the one place where an article is spent."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_http_methods

from broadsheet.editorial.lookup import find_article
from broadsheet.editorial.models import Article, Publication
from broadsheet.membership.admission import set_admission
from broadsheet.paywall import networks
from broadsheet.paywall.cookies import set_count, set_grant
from broadsheet.paywall.models import spend
from broadsheet.paywall.verdict import Reason, decide
from broadsheet.platform.caching import for_nobody_else
from broadsheet.platform.origin import same_origin_only
from broadsheet.platform.redirects import see_other, with_query
from broadsheet.platform.refusals import refuse, wants_json
from broadsheet.platform.robots import unlisted
from broadsheet.site.reading.counting import count_decision, count_open, is_speculative
from broadsheet.site.reading.pages import NOT_FOR_ROBOTS, case_response
from broadsheet.site.reading.rights import address_of, claim_in, institution_at
from broadsheet.site.reading.visitors import Case, case_of, renew_card
from broadsheet.site.reading.wall import enrol, follow_trial, wall_of

UNKNOWN = "There is no such article."
# Where the rest begins. In the public rendition, which a browser without cookies gets again, the sentence
# of this name says why the article did not stay open.
READ_ON = "#read-on"


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_only(or_unknown=True)
def read(request: HttpRequest, uuid: str) -> HttpResponse:
    article = find_article(uuid)
    if article is None:
        return refuse(request, 404, UNKNOWN)
    if claim_in(request).is_refused:
        return refuse(request, 403, NOT_FOR_ROBOTS)
    if article.locale.language_code != translation.get_language():
        # By the terms of another edition it might cost less, or nothing.
        is_post = request.method == "POST"
        to = with_query(_own_address(article), request)
        return for_nobody_else(redirect(to, preserve_request=is_post))
    article.publication = Publication.load(request_or_site=request)
    if request.method != "POST":
        return wall_page(request, article)
    if is_speculative(request):
        return refuse(request, 403, "A prefetch opens nothing.")
    enrol(request)
    case = _carried_out(request, case_of(request, article))
    response = _answer(request, case)
    follow_trial(request, response, case)
    if case.verdict.reason == Reason.METER and not case.reader:
        set_grant(response, article.uuid, case.terms.period)
    renew_card(response, case)
    # A CDN answers its next requests, and knows nobody's address.
    if case.verdict.reason == Reason.INSTITUTION and (institution := institution_at(address_of(request))):
        set_admission(response, institution)
    if case.verdict.is_counted:
        set_count(response, case.verdict, case.terms.period)
    response.headers["Broadsheet-Verdict"] = str(case.verdict.reason)
    count_decision(request, article, case.verdict.reason, case.terms.variant)
    # Without script the article is looked at on the page that the answer leads to.
    if case.opened and wants_json(request):
        count_open(request, article, case.verdict.reason, case.terms.variant)
    return for_nobody_else(response)


def _own_address(article: Article) -> str:
    with translation.override(article.locale.language_code):
        return reverse("read", args=[article.uuid])


def _carried_out(request: HttpRequest, case: Case) -> Case:
    """`case` once one is spent, where that is what it takes."""
    if case.verdict.reason != Reason.METER:
        return case
    article, access, terms = case.article.uuid, case.access, case.terms
    if case.reader:
        # Decided again, under the reader's lock.
        return replace(case, verdict=spend(case.reader, article, access, case.visitor, terms))
    return case if _may_be_granted(request, case, takes=True) else _refused(case)


def _may_be_granted(request: HttpRequest, case: Case, *, takes: bool) -> bool:
    """Whether a stranger may open an article: no robot may, and of a network so many in an hour.

    Asked here and not of the public rendition, which is the same for all.
    """
    if not claim_in(request).may_be_granted:
        return False
    ask = networks.take if takes else networks.may_be_granted
    limit, again = case.terms.first_grants, case.visitor.spent > 0
    if again:
        # A robot may show one grant with every request. So many visitors open no more than this besides.
        limit *= case.terms.allowance.strangers - 1
    return ask(address_of(request), limit, again=again)


def _refused(case: Case) -> Case:
    visitor = replace(case.visitor, may_be_granted=False)
    verdict = decide(case.article.uuid, case.access, visitor, case.terms.allowance)
    return replace(case, visitor=visitor, verdict=verdict)


def _answer(request: HttpRequest, case: Case) -> HttpResponse:
    article, verdict, opened = case.article, case.verdict, case.opened
    if not wants_json(request):
        if opened:
            return see_other(article.get_url(request) + READ_ON)
        return see_other(reverse("read", args=[article.uuid]))
    context = {
        "article": article,
        "case": case,
        "verdict": verdict,
        "access": case.access,
        "publication": article.publication,
        "rest": article.parts.rest if opened else [],
        "wall": wall_of(request, case),
        "signed_in": case.visitor.is_reader,
    }
    template = "editorial/rest.html" if opened else "site/wall.html"
    body = {
        "verdict": verdict.reason,
        "opened": opened,
        "left": verdict.left_after,
        "allowance": verdict.allowance,
        "html": render_to_string(template, context, request=request),
    }
    return JsonResponse(body)


def wall_page(request: HttpRequest, article: Article) -> HttpResponse:
    """Where this visitor stands with this article: the count, the wall. Spends nothing."""
    case = case_of(request, article)
    if case.verdict.opens:
        return for_nobody_else(redirect(with_query(article.get_url(request), request)))
    is_strangers = case.verdict.reason == Reason.METER and not case.reader
    if is_strangers and not _may_be_granted(request, case, takes=False):
        case = _refused(case)
    standing = {"shows_standing": True, "left": case.verdict.left, "wall": wall_of(request, case)}
    response = case_response(request, case, **standing)
    follow_trial(request, response, case)
    return for_nobody_else(unlisted(response))
