"""Saving an article for later: the button's answer, and the reader's list."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from broadsheet.editorial.lookup import find_article
from broadsheet.editorial.models import Article
from broadsheet.library import cookie
from broadsheet.library.listed import by_uuid
from broadsheet.library.models import ListFull, SavedArticle
from broadsheet.library.models.saved import MOST, Order
from broadsheet.library.saving import SAVED
from broadsheet.library.signing_in import sign_in_first
from broadsheet.people import ratelimit
from broadsheet.people.current import person_of, reader_of
from broadsheet.people.models import Person
from broadsheet.platform.http.origin import same_origin_only
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.http.refusals import refuse, wants_json
from broadsheet.platform.http.robots import out_of_sight

PAGE_LENGTH = 24
UNKNOWN = gettext_lazy("There is no such article.")
TOO_OFTEN = gettext_lazy(
    "You have saved very many articles in a short time. Wait a few minutes and try again."
)


@dataclass(frozen=True, slots=True)
class Listed:
    row: SavedArticle
    article: Article | None
    """None where it is not published any more."""


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_only()
def save(request: HttpRequest, uuid: str) -> HttpResponse:
    """Whether an article is on the reader's list; a post puts it there or, with `remove`, takes it off."""
    reader, article = reader_of(request), find_article(uuid)
    key = article.uuid if article else _uuid(uuid)
    if key is None:
        return out_of_sight(refuse(request, 404, UNKNOWN))
    own = SavedArticle.objects.filter(reader=reader, article=key)
    # What was withdrawn since must still come off the list.
    if article is None and not (reader and own.exists()):
        return out_of_sight(refuse(request, 404, UNKNOWN))
    if request.method == "POST":
        if reader is None:
            return _sign_in_first(request, article)
        if refusal := _change(request, reader, article, remove="remove" in request.POST, key=key):
            return out_of_sight(refusal)
        return _answer(request, reader, is_saved=own.exists(), key=key)
    is_saved = reader is not None and own.exists()
    context = {"article": article, "uuid": key, "is_saved": is_saved}
    return out_of_sight(render(request, "library/saved_or_not.html", context))


def _answer(request: HttpRequest, reader: Person, *, is_saved: bool, key: UUID) -> HttpResponse:
    if wants_json(request):
        response: HttpResponse = JsonResponse({"saved": is_saved})
    elif "back" in request.POST:
        response = see_other("saved_articles")
    else:
        response = see_other(reverse("save_article", args=[key]))
    cookie.tell(response, reader)
    return out_of_sight(response)


def _sign_in_first(request: HttpRequest, article: Article | None) -> HttpResponse:
    """Signing in leads back to the article, which is saved on the way: see `site.reading.sign_in_merge`."""
    if article is None:
        return out_of_sight(refuse(request, 404, UNKNOWN))
    return sign_in_first(request, f"{article.get_url(request)}#{SAVED}")


def _change(
    request: HttpRequest, reader: Person, article: Article | None, *, remove: bool, key: UUID
) -> HttpResponse | None:
    """Does what was asked for; an answer only where that can't be."""
    if remove:
        SavedArticle.objects.filter(reader=reader, article=key).delete()
        return None
    if article is None:
        return refuse(request, 404, UNKNOWN)
    if not ratelimit.consume(request, action="save_by_reader"):
        return refuse(request, 429, TOO_OFTEN)
    try:
        SavedArticle.objects.add(reader, article)
    except ListFull:
        full = _("Your list has %d articles, which is all that it can have. Remove some first.") % MOST
        return refuse(request, 409, full)
    return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_safe
@never_cache
@login_required
def saved_articles(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("sort", "")
    order = Order(asked) if asked in Order.values else Order.SAVED_LAST
    own = SavedArticle.objects.filter(reader=person_of(request)).in_order(order)
    # Whoever takes the last one off the last page stays on what is the last page then.
    page_obj = Paginator(own, PAGE_LENGTH).get_page(request.GET.get("page"))
    articles = by_uuid(request, (row.article for row in page_obj))
    context = {
        "listed": [Listed(row, articles.get(row.article)) for row in page_obj],
        "articles": list(articles.values()),
        "page_obj": page_obj,
        "order": order,
        "orders": Order,
    }
    return out_of_sight(render(request, "library/saved.html", context))
