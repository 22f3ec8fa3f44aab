"""``POST /read/<uuid>``: the one place where an article is spent."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_http_methods

from broadsheet.edge.pages import article_response
from broadsheet.edge.visitors import reader_of, visitor_of
from broadsheet.editorial.models import Article, Publication
from broadsheet.house.caching import for_nobody_else
from broadsheet.house.origin import same_origin_only
from broadsheet.house.refusals import refuse, wants_json
from broadsheet.membership.models import Entitlement
from broadsheet.meter.allowance import Reason, Verdict, decide
from broadsheet.meter.cookies import set_count, set_grant
from broadsheet.meter.models import spend
from broadsheet.meter.terms import current_allowance, current_period

UNKNOWN = "There is no such article."


def find_article(uuid: str) -> Article | None:
    """The live article with this uuid, in the edition of the address where that has it."""
    try:
        key = UUID(uuid)
    except ValueError:
        return None
    found = {a.locale.language_code: a for a in _live_articles(key)}
    return found.get(translation.get_language() or "") or next(iter(found.values()), None)


def _live_articles(key: UUID) -> list[Article]:
    return list(
        Article.objects.live().public().filter(translation_key=key).select_related("locale", "picture")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_only(or_unknown=True)
def read(request: HttpRequest, uuid: str) -> HttpResponse:
    article = find_article(uuid)
    if article is None:
        return refuse(request, 404, UNKNOWN)
    if request.method != "POST":
        return wall_page(request, article)
    if _is_speculative(request):
        return refuse(request, 403, "A prefetch opens nothing.")
    verdict, response = _open(request, article)
    response.headers["Broadsheet-Verdict"] = str(verdict.reason)
    return for_nobody_else(response)


def _is_speculative(request: HttpRequest) -> bool:
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return "prefetch" in purpose or "prerender" in purpose


def _open(request: HttpRequest, article: Article) -> tuple[Verdict, HttpResponse]:
    period, allowance = current_period(request), current_allowance(request)
    access = article.effective_access
    reader = reader_of(request)
    if reader:
        verdict = spend(
            reader, article.uuid, access, allowance, period, is_subscriber=Entitlement.objects.entitle(reader)
        )
    else:
        verdict = decide(article.uuid, access, visitor_of(request, period), allowance)
    response = _answer(request, article, verdict)
    if verdict.reason == Reason.METER and not reader:
        set_grant(response, article.uuid, period)
    if verdict.is_counted:
        set_count(response, verdict.left_after, verdict.allowance, period)
    return verdict, response


def _answer(request: HttpRequest, article: Article, verdict: Verdict) -> HttpResponse:
    opened = verdict.opens or verdict.reason == Reason.METER
    if not wants_json(request):
        if opened:
            return _see_other(article.get_url(request))
        return _see_other(reverse("read", args=[article.uuid]))
    context = {
        "article": article,
        "verdict": verdict,
        "left": verdict.left_after,
        "publication": Publication.load(request_or_site=request),
        "rest": article.parts.rest if opened else [],
        "signed_in": reader_of(request) is not None,
    }
    template = "editorial/rest.html" if opened else "edge/wall.html"
    body = {
        "verdict": verdict.reason,
        "opened": opened,
        "left": verdict.left_after,
        "allowance": verdict.allowance,
        "html": render_to_string(template, context, request=request),
    }
    return JsonResponse(body)


def _see_other(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


def wall_page(request: HttpRequest, article: Article) -> HttpResponse:
    """Where this visitor stands with this article: the count, the wall. Spends nothing."""
    visitor = visitor_of(request, current_period(request))
    verdict = decide(article.uuid, article.effective_access, visitor, current_allowance(request))
    if verdict.opens:
        return for_nobody_else(redirect(article.get_url(request)))
    response = article_response(
        article,
        request,
        verdict,
        is_subscriber=visitor.is_subscriber,
        extra={"shows_standing": True, "left": verdict.left},
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return for_nobody_else(response)
