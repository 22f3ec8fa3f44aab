"""What a browser asks for that keeps issues: its worker, what to keep and until when, and what it has."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db.models import Count, F
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from limits import RateLimitItemPerHour
from rjsmin import jsmin

from broadsheet.edge.keeping import keep
from broadsheet.edge.store.page import digest_of
from broadsheet.edge.tags import lists_tag
from broadsheet.editorial.context import edition_of, editions_of
from broadsheet.editorial.models import Article
from broadsheet.people.limits import subnet_of
from broadsheet.platform import clock
from broadsheet.platform.days import day_of, name_of
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.http.caching import for_all, kept
from broadsheet.platform.http.refusals import refuse
from broadsheet.platform.http.robots import out_of_sight
from broadsheet.platform.limiting import InMemory, Limiter
from broadsheet.site.discovery.head import Head
from broadsheet.site.discovery.listings import show_list
from broadsheet.site.reading.pages import NOT_FOR_ROBOTS
from broadsheet.site.reading.visit import Visit
from broadsheet.site.weekly.files import Missing, issue_at
from broadsheet.site.weekly.offline import cookie
from broadsheet.site.weekly.offline.right import Right, right_to_keep
from broadsheet.weekly.contents import Contents

ASKED_AN_HOUR = RateLimitItemPerHour(900)
"""By one reader: each page of an issue that is kept asks, and some turn pages fast."""
ASKED_AN_HOUR_BY_ALL = RateLimitItemPerHour(9000)
"""By readers without an account, at one network: an institution's, or a free issue's."""

limiter = Limiter(InMemory())

WORKER, LAST_WORKER = "site/offline/worker.js", "site/offline/last_worker.js"


@kept
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The script stands beside the issues, since a browser lets it answer for what is below it alone.

    Where the magazine no longer offers this, it is one that deletes what is kept, and itself.
    """
    found = finders.find(WORKER if settings.OFFLINE_ISSUES else LAST_WORKER)
    script = jsmin(Path(str(found)).read_text())
    return for_all(HttpResponse(script, content_type="text/javascript; charset=utf-8"))


@require_safe
def plan(request: HttpRequest, number: int) -> HttpResponse:
    """What a browser has to keep of an issue, until when, and whether it may at all.

    It is asked before the first page is kept, and again whenever one of the issue is opened with a network.
    401, 403 and 409 mean that all that is kept must go, 404 and 410 that this issue must.
    """
    visit = Visit.of(request)
    try:
        issue = issue_at(request, number)
    except Missing as missing:
        return out_of_sight(missing.response)
    if visit.claim.is_refused:
        return out_of_sight(refuse(request, 403, NOT_FOR_ROBOTS))
    contents = Contents(issue)
    right = right_to_keep(visit, contents)
    if right is None:
        return _let_go(
            request, 403 if visit.person else 401, _("Keeping issues on your device is for subscribers.")
        )
    if cookie.is_kept_for_others(visit.cookies, right.holder):
        return _let_go(request, 409, _("What was kept for somebody else is removed. Press the button again."))
    if not _may_ask(request, visit, right):
        busy = refuse(request, 429, _("This browser has asked very often. Try again in an hour."))
        busy.headers["Retry-After"] = "3600"
        return out_of_sight(busy)
    edition = edition_of(request)
    answer = {
        "title": issue.title,
        "edition": edition.full_name if len(editions_of(request)) > 1 else "",
        "path": issue.path,
        "at": _milliseconds(clock.now()),
        "until": _milliseconds(right.ends_at),
        "said": _("Kept on this device until %(day)s.") % {"day": name_of(right.ends_at, edition.zone)},
        "count": len(contents.listed),
        "pages": _pages(contents, day_of(clock.now(), edition.zone)),
    }
    response = out_of_sight(JsonResponse(answer))
    cookie.tell(response, right.holder)
    return response


def _may_ask(request: HttpRequest, visit: Visit, right: Right) -> bool:
    """Counts one more time; False where this reader has asked very often, or others at their network have."""
    if visit.person:
        return limiter.hit(ASKED_AN_HOUR, "weekly.plan", right.holder)
    return limiter.hit(ASKED_AN_HOUR_BY_ALL, "weekly.plan", subnet_of(request))


def _let_go(request: HttpRequest, status: int, reason: str) -> HttpResponse:
    response = out_of_sight(refuse(request, status, reason))
    cookie.forget(response)
    return response


def _milliseconds(moment: datetime) -> int:
    """Since 1970, as scripts reckon time."""
    return int(moment.timestamp() * 1000)


def _pages(contents: Contents, day: date) -> dict[str, str]:
    """Address → what differs once the page says something else. Each day all of them are fetched anew."""
    issue, listed = contents.issue, contents.listed
    rows = Article.objects.filter(pk__in=[one.article.pk for one in listed]).annotate(
        corrected=Count("corrections"),
        told=Coalesce("live_coverage__state", F("alias_of__article__live_coverage__state"), 0),
    )
    states = {
        pk: " ".join(map(str, state))
        for pk, *state in rows.values_list("pk", "last_published_at", "corrected", "told")
    }
    # Each leads to the one before it and the one after.
    order = " ".join([day.isoformat(), *(one.address for one in listed)])
    pages = {one.address: _short(order, states[one.article.pk]) for one in listed}
    own = _short(order, f"{issue.version} {issue.corrections.count()}", *pages.values())
    return {issue.path: own} | pages | {reverse("kept_issues"): day.isoformat()}


def _short(*parts: str) -> str:
    return digest_of(" ".join(parts).encode())[:16]


@kept
@require_safe
def kept_issues(request: HttpRequest) -> HttpResponse:
    """What this browser has, which its script alone knows; shown by the worker too, for what it has not."""
    if not settings.OFFLINE_ISSUES:
        raise Http404
    head = Head(
        title=_("Kept on this device"),
        description=_("Issues that can be read here without a connection."),
        canonical=absolute(reverse("kept_issues")),
        noindex=True,
    )
    response = show_list(request, "site/weekly/kept.html", head, {})
    keep(request, response, lists_tag(Visit.of(request).tag))
    return response


def signing_out(request: HttpRequest) -> dict[str, Any]:
    """For pages on which somebody may sign out."""
    return {"keeps_issues": bool(request.COOKIES.get(cookie.NAME))}
