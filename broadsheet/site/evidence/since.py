"""“Since you last read”: when a signed-in reader was last at a running story, for `since.js`.

The script goes by what the browser keeps, and asks here only where that knows nothing, as on another device.
What is known here is what was opened by the allowance and, for those who chose to have one, their history;
that knows of other devices, so that with it the script always asks.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from broadsheet.editorial.lookup import find_article
from broadsheet.editorial.models import Article, Topic
from broadsheet.library.models import ReadingHistory
from broadsheet.library.models.history import VISIT
from broadsheet.paywall.models import Grant
from broadsheet.people.current import reader_of
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.http.caching import for_nobody_else


@require_safe
def of_article(request: HttpRequest, uuid: str) -> HttpResponse:
    article = find_article(uuid)
    if article is None:
        raise Http404
    return _answer(request, [article.uuid], article.topics.all())


@require_safe
def of_topic(request: HttpRequest, slug: str) -> HttpResponse:
    return _answer(request, [], [get_object_or_404(Topic, slug=slug)])


def _answer(request: HttpRequest, articles: list[UUID], topics: Iterable[Topic]) -> HttpResponse:
    """`since` in seconds, null where nothing is known: of the article itself, else of its story."""
    reader, at = reader_of(request), None
    if reader:
        at = last_opened(reader, articles)
        if at is None:
            story = Article.objects.live().filter(topics__in=list(topics)).values("translation_key")
            at = last_opened(reader, story)
    return for_nobody_else(JsonResponse({"since": int(at.timestamp()) if at else None}))


def last_opened(reader: Person, articles: Iterable[UUID]) -> datetime | None:
    """When `reader` last had one of `articles` open before the present visit, as far as is known here."""
    now = clock.now()
    granted = Grant.objects.filter(reader=reader, article__in=articles, granted_at__lt=now - VISIT)
    moments = [granted.order_by("-granted_at").values_list("granted_at", flat=True).first()]
    if history := ReadingHistory.objects.of(reader):
        moments.append(history.opened.filter(article__in=articles).last_opened(now))
    return max(filter(None, moments), default=None)
