"""The evidence of an article or a topic as JSON or CSV, for readers and for other newsrooms.

Ids are the same in each edition and stay through all revisions.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from broadsheet.editorial.context import edition_of
from broadsheet.editorial.lookup import find_article
from broadsheet.editorial.models import Article, Topic
from broadsheet.evidence.models import Fact, Position, Quotation, Source, Speaker, TimelineEntry
from broadsheet.platform.csv_files import csv_file
from broadsheet.platform.http.addresses import absolute
from broadsheet.site.evidence.sight import Line, Sight, attach_articles, once_each

MOST = 2_000
COLUMNS = (
    "id", "kind", "text", "speaker", "role", "date", "place", "question", "source", "source_link",
    "archived_link", "article", "article_id",
)  # fmt: skip

type Row = dict[str, Any]


@require_safe
def of_article(request: HttpRequest, uuid: str, form: str) -> HttpResponse:
    article = find_article(uuid)
    if article is None:
        raise Http404
    return _answer(request, [article.pk], f"evidence-{article.slug}", form)


@require_safe
def of_topic(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    topic = get_object_or_404(Topic, slug=slug)
    articles = Article.objects.live().filter(topics=topic).values("pk")
    return _answer(request, articles, f"evidence-{topic.slug}", form)


def _answer(request: HttpRequest, pages: Any, name: str, form: str) -> HttpResponse:
    sight = Sight.of(request)
    rows = list(_rows(request, pages, sight))
    response: HttpResponse
    if form == "csv":
        response = csv_file(name, COLUMNS, ([row.get(column, "") for column in COLUMNS] for row in rows))
    else:
        response = JsonResponse({"evidence": rows}, json_dumps_params={"ensure_ascii": False})
    return sight.kept(request, response)


def _rows(request: HttpRequest, pages: Any, sight: Sight) -> Iterator[Row]:
    locale = edition_of(request).locale

    def seen(rows: QuerySet[Any]) -> list[Any]:
        found = sight.visible(once_each(rows.filter(page__in=pages), locale)).select_related("page")
        rows_seen = list(found[:MOST])
        attach_articles(rows_seen)
        return rows_seen

    for quotation in seen(Quotation.objects.select_related("speaker", "source__merged_into")):
        yield _row("quotation", quotation) | {
            "text": quotation.text,
            **_speaker(quotation.speaker),
            "role": quotation.role,
            "date": quotation.said_on.isoformat() if quotation.said_on else "",
            "place": quotation.where,
            **_source(quotation.source),
        }
    for fact in seen(Fact.objects.prefetch_related("sources")):
        sources = list(fact.sources.all())
        yield _row("fact", fact) | {
            "text": fact.text,
            "date": fact.as_of.isoformat(),
            "source": "; ".join(map(str, sources)),
            "source_link": " ".join(source.link for source in sources),
        }
    for entry in seen(TimelineEntry.objects.select_related("source__merged_into")):
        yield _row("timeline entry", entry) | {
            "text": entry.text,
            "date": entry.when,
            **_source(entry.source),
        }
    for position in seen(Position.objects.select_related("holder", "source__merged_into")):
        yield _row("position", position) | {
            "text": position.text,
            "question": position.question,
            **_speaker(position.holder),
            **_source(position.source),
        }


def _row(kind: str, row: Any) -> Row:
    article: Line = row.article
    return {
        "id": row.uuid.urn,
        "kind": kind,
        "article": absolute(article.url),
        "article_id": article.uuid.urn,
    }


def _speaker(speaker: Speaker) -> Row:
    return {"speaker": speaker.name, "speaker_page": absolute(speaker.get_absolute_url())}


def _source(source: Source) -> Row:
    source = source.current
    return {"source": str(source), "source_link": source.link, "archived_link": source.archived_link}
