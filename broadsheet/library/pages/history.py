"""The reader's history: the choice to have one, what is in it, and its end."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from broadsheet.editorial.models import Article
from broadsheet.library import cookie
from broadsheet.library.listed import by_uuid
from broadsheet.library.models import OpenedArticle, ReadingHistory
from broadsheet.people.current import person_of
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.http.robots import out_of_sight

PAGE_LENGTH = 24


@dataclass(frozen=True, slots=True)
class Read:
    row: OpenedArticle
    article: Article | None
    """None where it is not published any more."""


@require_safe
@never_cache
@login_required
def reading_history(request: HttpRequest) -> HttpResponse:
    reader = person_of(request)
    opened = OpenedArticle.objects.filter(reader=reader).latest_first()
    page_obj = Paginator(opened, PAGE_LENGTH).get_page(request.GET.get("page"))
    articles = by_uuid(request, (row.article for row in page_obj))
    context = {
        "history": ReadingHistory.objects.of(reader),
        "listed": [Read(row, articles.get(row.article)) for row in page_obj],
        "articles": list(articles.values()),
        "page_obj": page_obj,
    }
    return out_of_sight(render(request, "library/history.html", context))


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def begin(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("reading_history")
    ReadingHistory.objects.begin(person_of(request))
    messages.success(request, _("From now on your history is kept."))
    return _back(request)


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def clear(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("reading_history")
    OpenedArticle.objects.filter(reader=person_of(request)).delete()
    messages.success(request, _("Your history is empty."))
    return _back(request)


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def forget(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Takes one article out."""
    if request.method != "POST":
        return redirect("reading_history")
    OpenedArticle.objects.filter(reader=person_of(request), article=uuid).delete()
    return _back(request)


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def end(request: HttpRequest) -> HttpResponse:
    """Asks whether what is there is to be deleted, and ends the history."""
    reader = person_of(request)
    history = ReadingHistory.objects.of(reader)
    if history is None:
        return redirect("reading_history")
    if request.method != "POST":
        count = history.opened.count()
        return out_of_sight(render(request, "library/end_history.html", {"count": count}))
    clears = "clear" in request.POST
    history.end(clears=clears)
    if clears:
        messages.success(request, _("Your history is deleted, and nothing more is kept."))
    else:
        messages.success(request, _("Nothing more is kept. What was there is still there."))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    response = see_other("reading_history")
    cookie.tell(response, person_of(request))
    return out_of_sight(response)
