"""What a reader has of one article, for a script: whether it is saved, and where they stopped."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods

from broadsheet.editorial.lookup import find_article
from broadsheet.library import cookie
from broadsheet.library.models import ReadingHistory, SavedArticle
from broadsheet.library.models.history import MOST_PARAGRAPHS
from broadsheet.library.pages.saved import UNKNOWN
from broadsheet.people import ratelimit
from broadsheet.people.current import reader_of
from broadsheet.people.models import Person
from broadsheet.platform.http.caching import for_nobody_else
from broadsheet.platform.http.origin import same_origin_only
from broadsheet.platform.http.refusals import refuse
from broadsheet.platform.http.robots import out_of_sight

MOST_OTHERS = 20


class PlaceForm(forms.Form):
    place = forms.IntegerField(min_value=1, max_value=MOST_PARAGRAPHS)
    of = forms.IntegerField(min_value=1, max_value=MOST_PARAGRAPHS)


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_only()
def own_article(request: HttpRequest, uuid: str) -> HttpResponse:
    article = find_article(uuid)
    if article is None:
        return out_of_sight(refuse(request, 404, UNKNOWN))
    reader = reader_of(request)
    if reader is None:
        # They signed out, or were signed out from elsewhere: the script has nothing more to ask.
        response: HttpResponse = JsonResponse({})
        cookie.forget(response)
        return out_of_sight(response)
    history = ReadingHistory.objects.of(reader)
    if request.method != "POST":
        others = request.GET.get("among", "").split()[:MOST_OTHERS]
        response = JsonResponse(
            _of_history(history, article.uuid, others) | {"saved": _is_saved(reader, article.uuid)}
        )
        return out_of_sight(response)
    if history is None:
        response = HttpResponse(status=204)
        cookie.tell(response, reader)  # it was ended on another device
        return for_nobody_else(response)
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return for_nobody_else(HttpResponse(status=400))
    if not ratelimit.consume(request, action="place_by_reader"):
        return for_nobody_else(HttpResponse(status=429))
    place, paragraphs = form.cleaned_data["place"], form.cleaned_data["of"]
    history.note(article.uuid, min(place, paragraphs), paragraphs)
    return for_nobody_else(HttpResponse(status=204))


def _is_saved(reader: Person, article: UUID) -> bool:
    return SavedArticle.objects.filter(reader=reader, article=article).exists()


def _of_history(history: ReadingHistory | None, article: UUID, others: list[str]) -> dict[str, object]:
    """`place`: the paragraph at which to go on, or null; `opened`: which of `others` were opened."""
    if history is None:
        return {"place": None, "opened": []}
    entries = {
        entry.article: entry for entry in history.opened.filter(article__in=[article, *_uuids(others)])
    }
    entry = entries.pop(article, None)
    goes_on = entry is not None and not entry.is_finished
    return {"place": entry.place if entry and goes_on else None, "opened": list(entries)}


def _uuids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
