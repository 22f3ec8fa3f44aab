"""Keeps the search index to the openings of articles, which everyone may read.

The index never holds the rest of an article, not even of a free one, so no change of access can leave
withheld words in it. An article is indexed again in the transaction that changes it. When the publication
changes the length of openings, all articles leave the index at once and a task brings them back. Articles
missing from the index are the list of what is left to do, so the work of a lost task is picked up within a
minute.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.db.models.signals import post_delete, post_save, pre_save
from django.tasks import task
from wagtail.search import index
from wagtail.search.backends import get_search_backend
from wagtail.search.models import IndexEntry
from wagtail.search.query import And, Phrase, PlainText, SearchQuery

from broadsheet.editorial.catching_up import is_put_off
from broadsheet.editorial.models import Article, Coverage, Publication, coverage_changed
from broadsheet.platform.signals import minute_passed

LONGEST_QUERY = 200
MOST_WORDS = 12
BATCH = 200


def words_of(query: str) -> list[str]:
    """The words to search for. Quotation marks and parts without a letter or digit mean nothing to it."""
    plain = re.sub(r'["\x00-\x1f\x7f]', " ", query[:LONGEST_QUERY])
    return [word for word in plain.split() if re.search(r"\w", word)][:MOST_WORDS]


def query_for(words: Sequence[str]) -> SearchQuery:
    """Finds articles that contain all of `words`, which must not be empty.

    modelsearch splits words at hyphens, while PostgreSQL's parser reads the 19 of “Covid-19” as minus 19, so
    the two never match; as a phrase both are read alike.
    """
    hyphened = [Phrase(word) for word in words if "-" in word]
    plain = [word for word in words if "-" not in word]
    parts = [*hyphened, *([PlainText(" ".join(plain))] if plain else [])]
    return parts[0] if len(parts) == 1 else And(parts)


def _entries() -> QuerySet[IndexEntry]:
    kind = ContentType.objects.get_for_model(Article)
    return cast("QuerySet[IndexEntry]", IndexEntry.objects.filter(content_type=kind))


def forget(articles: QuerySet[Article]) -> None:
    """Takes `articles` out of the index in one statement."""
    ids = articles.order_by().annotate(text_id=Cast("pk", CharField())).values("text_id")
    # Directly in the database, where a trigger keeps SQLite's text index in step.
    entries = _entries().filter(object_id__in=ids)
    entries._raw_delete(entries.db)


def not_indexed() -> QuerySet[Article]:
    """Live articles that are not in the index."""
    entries = _entries().filter(object_id=OuterRef("text_id"))
    named = Article.objects.live().annotate(text_id=Cast("pk", CharField()))
    return named.filter(~Exists(entries)).order_by("-first_published_at")


def catch_up() -> int:
    """Indexes at most one batch of the missing articles, and returns how many."""
    articles = list(not_indexed()[:BATCH])
    if articles:
        # As one: with each addition PostgreSQL's index compares the titles of all.
        get_search_backend().add_bulk(Article, articles)
    return len(articles)


@task
def catch_up_soon() -> None:
    if catch_up() == BATCH:
        catch_up_soon.enqueue()


def _index_article(instance: Article, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if not raw and not is_put_off(is_new=created):
        # Loaded again: the instance may have cached its parts from before the change.
        index.insert_or_update_object(Article.objects.get(pk=instance.pk))


def _index_coverage(coverage: Coverage, **kwargs: Any) -> None:
    for article in coverage.articles():
        index.insert_or_update_object(article)


def _remove_article(instance: Article, **kwargs: Any) -> None:
    index.remove_object(instance)


def _note_opening(instance: Publication, raw: bool = False, **kwargs: Any) -> None:
    before = None if raw else Publication.objects.filter(pk=instance.pk).first()
    instance._opens_otherwise = before is not None and before.opening_words != instance.opening_words


def _act_on_opening(instance: Any, **kwargs: Any) -> None:
    if instance._opens_otherwise:
        forget(Article.objects.all())
        catch_up_soon.enqueue()


def _catch_up_each_minute(at: datetime, **kwargs: Any) -> None:
    catch_up()


def connect() -> None:
    post_save.connect(_index_article, sender=Article)
    coverage_changed.connect(_index_coverage, dispatch_uid="editorial.finding.coverage")
    post_delete.connect(_remove_article, sender=Article)
    pre_save.connect(_note_opening, sender=Publication)
    post_save.connect(_act_on_opening, sender=Publication)
    minute_passed.connect(_catch_up_each_minute, dispatch_uid="editorial.finding")
