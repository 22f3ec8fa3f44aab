"""Keeps the search index to the openings of articles, which everyone may read.

The index never learns the rest of an article, not even of a free one, so that no change of access or of
the rules about it can leave withheld words behind in it. An article is indexed anew in the transaction in
which it changes. When the publication makes openings shorter or longer, all of them leave the index at once
and return by a task. The index's gap is the list of what is left to do: a task that was lost is made up
within a minute.
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
from wagtail.search.models import IndexEntry
from wagtail.search.query import And, Phrase, PlainText, SearchQuery

from broadsheet.editorial.models import Article, Publication
from broadsheet.platform.signals import minute_passed

LONGEST_QUERY = 200
MOST_WORDS = 12
BATCH = 200


def words_of(query: str) -> list[str]:
    """What is looked for. Quotation marks and whatever holds no letter or digit say nothing to the index."""
    plain = re.sub(r'["\x00-\x1f\x7f]', " ", query[:LONGEST_QUERY])
    return [word for word in plain.split() if re.search(r"\w", word)][:MOST_WORDS]


def query_for(words: Sequence[str]) -> SearchQuery:
    """Finds what holds all of `words`, of which there is one at least.

    modelsearch cuts words at their hyphens, PostgreSQL's parser reads the 19 of “Covid-19” as minus 19, and
    the two never meet; as a phrase both read it alike.
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
    # Straight in the database, where a trigger keeps SQLite's text index in step.
    entries = _entries().filter(object_id__in=ids)
    entries._raw_delete(entries.db)


def not_indexed() -> QuerySet[Article]:
    """Live articles that no search finds."""
    entries = _entries().filter(object_id=OuterRef("text_id"))
    named = Article.objects.live().annotate(text_id=Cast("pk", CharField()))
    return named.filter(~Exists(entries)).order_by("-first_published_at")


def catch_up() -> int:
    """Indexes what the index lacks, a batch at most, and says how many that were."""
    articles = list(not_indexed()[:BATCH])
    for article in articles:
        index.insert_or_update_object(article)
    return len(articles)


@task
def catch_up_soon() -> None:
    if catch_up() == BATCH:
        catch_up_soon.enqueue()


def _index_article(instance: Article, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        # A new look at it: the instance may remember its parts from before the change.
        index.insert_or_update_object(Article.objects.get(pk=instance.pk))


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
    post_delete.connect(_remove_article, sender=Article)
    pre_save.connect(_note_opening, sender=Publication)
    post_save.connect(_act_on_opening, sender=Publication)
    minute_passed.connect(_catch_up_each_minute, dispatch_uid="editorial.finding")
