"""Keeps Wagtail's search index, in which the desk looks for articles by their headlines and standfirsts.

Readers search in another, which a room above keeps. Live articles missing from this one are the list of what
is left to do, so the work of a lost task is picked up within a minute.
"""

from datetime import datetime
from typing import Any, cast

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.db.models.signals import post_delete, post_save
from django.tasks import task
from wagtail.search import index
from wagtail.search.backends import get_search_backend
from wagtail.search.models import IndexEntry

from broadsheet.editorial.catching_up import is_put_off
from broadsheet.editorial.models import Article
from broadsheet.platform.signals import minute_passed

BATCH = 200


def not_indexed() -> QuerySet[Article]:
    """Live articles that are not in the index."""
    kind = ContentType.objects.get_for_model(Article)
    entries = IndexEntry.objects.filter(content_type=kind, object_id=OuterRef("text_id"))
    named = Article.objects.live().annotate(text_id=Cast("pk", CharField()))
    return cast("QuerySet[Article]", named.filter(~Exists(entries)).order_by("-first_published_at"))


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


def _remove_article(instance: Article, **kwargs: Any) -> None:
    index.remove_object(instance)


def _catch_up_each_minute(at: datetime, **kwargs: Any) -> None:
    catch_up()


def connect() -> None:
    post_save.connect(_index_article, sender=Article)
    post_delete.connect(_remove_article, sender=Article)
    minute_passed.connect(_catch_up_each_minute, dispatch_uid="editorial.finding")
