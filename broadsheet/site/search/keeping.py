"""What has an article indexed again: all that it is found by, and all that says who may read it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from itertools import batched
from typing import Any

from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete
from wagtail.models import Page
from wagtail.signals import post_page_move

from broadsheet.editorial.catching_up import is_put_off
from broadsheet.editorial.models import (
    Article,
    Author,
    Byline,
    Coverage,
    Publication,
    Section,
    Topic,
    coverage_changed,
)
from broadsheet.editorial.models.outline import OF_DRAFTS
from broadsheet.evidence.models import Position, Quotation, Speaker
from broadsheet.paywall.models import AccessRule
from broadsheet.paywall.models.access_rule import rules_in_force
from broadsheet.platform.signals import minute_passed
from broadsheet.site.search.indexing import (
    BATCH,
    catch_up_for,
    catch_up_soon,
    names_of,
    put,
    take_out,
)
from broadsheet.site.search.models import SearchEntry, SearchEntryQuerySet

SECONDS_A_MINUTE = 20.0


def _on_save(
    sender: type[Page],
    instance: Page,
    created: bool,
    raw: bool = False,
    update_fields: Any = None,
    **kwargs: Any,
) -> None:
    if is_put_off(is_new=created):
        return
    # A page may be saved as one of no kind in particular; that changes whether it is published, at most.
    if raw or sender not in {Article, Page} or (update_fields and OF_DRAFTS.issuperset(update_fields)):
        return
    _index(instance.pk)


_waiting: ContextVar[set[int] | None] = ContextVar("articles_to_index", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Articles that change within are indexed once, at its end: for whoever makes many in a transaction."""
    articles: set[int] = set()
    before = _waiting.set(articles)
    try:
        yield
    finally:
        _waiting.reset(before)
    for some in batched(sorted(articles), BATCH, strict=False):
        put(some)


def _index(pk: int) -> None:
    waiting = _waiting.get()
    if waiting is not None:
        waiting.add(pk)
    else:
        put([pk])


def _on_name(pk: int) -> None:
    """Its bylines and topics are saved after it, one by one."""
    if _waiting.get() is not None:
        _index(pk)
        return
    entry = SearchEntry.objects.filter(article=pk).only("names").first()
    if entry and entry.names != names_of(Article.objects.only("pk").get(pk=pk)):
        _index(pk)


def _on_byline(instance: Byline, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        _on_name(instance.article_id)


def _on_topics(instance: Model, action: str, pk_set: set[int] | None, **kwargs: Any) -> None:
    if not action.startswith("post_"):
        return
    for pk in [instance.pk] if isinstance(instance, Article) else (pk_set or ()):
        if any(rule.topic_id for rule in rules_in_force()):
            _index(pk)
        else:
            _on_name(pk)


def _on_author(instance: Author, created: bool = False, raw: bool = False, **kwargs: Any) -> None:
    if not (raw or created):
        _renamed(SearchEntry.objects.filter(article__bylines__author=instance))


def _on_topic_going(instance: Topic, **kwargs: Any) -> None:
    _mark(SearchEntry.objects.filter(article__topics=instance))


def _on_topic_gone(**kwargs: Any) -> None:
    catch_up_soon.enqueue()


def _on_speaker(instance: Speaker, created: bool = False, raw: bool = False, **kwargs: Any) -> None:
    if not (raw or created):
        said = Quotation.objects.filter(speaker=instance).order_by().values("page")
        held = Position.objects.filter(holder=instance).order_by().values("page")
        _renamed(SearchEntry.objects.filter(article__in=said.union(held)))


def _on_topic(instance: Topic, created: bool = False, raw: bool = False, **kwargs: Any) -> None:
    if not (raw or created):
        _renamed(SearchEntry.objects.filter(article__topics=instance))


def _mark(entries: SearchEntryQuerySet) -> int:
    """As to be made anew; how many there are."""
    return SearchEntry.objects.filter(pk__in=entries.values("pk")).update(made="")


def _renamed(entries: SearchEntryQuerySet) -> None:
    if _mark(entries):
        catch_up_soon.enqueue()


def _on_coverage(coverage: Coverage, **kwargs: Any) -> None:
    for article in coverage.articles():
        _index(article.pk)


def _on_move(instance: Page, parent_page_before: Page, parent_page_after: Page, **kwargs: Any) -> None:
    if parent_page_before.pk == parent_page_after.pk:
        return
    below = Article.objects.filter(path__startswith=Page.objects.get(pk=instance.pk).path)
    if isinstance(instance.specific_deferred, Article):
        _index(instance.pk)
    else:
        take_out(SearchEntry.objects.filter(article__in=below.values("pk")))
        catch_up_soon.enqueue()


def _on_standing(raw: bool = False, **kwargs: Any) -> None:
    """Entries know by themselves that they are out of date; this only has them made anew the sooner."""
    if not raw and SearchEntry.objects.outdated().exists():
        catch_up_soon.enqueue()


def _catch_up_each_minute(at: datetime, **kwargs: Any) -> None:
    catch_up_for(SECONDS_A_MINUTE)


def connect() -> None:
    post_save.connect(_on_save, dispatch_uid="site.search")
    m2m_changed.connect(_on_topics, sender=Article.topics.through, dispatch_uid="site.search")
    coverage_changed.connect(_on_coverage, dispatch_uid="site.search")
    post_page_move.connect(_on_move, dispatch_uid="site.search")
    post_save.connect(_on_author, sender=Author, dispatch_uid="site.search.author")
    post_save.connect(_on_topic, sender=Topic, dispatch_uid="site.search.topic")
    pre_delete.connect(_on_topic_going, sender=Topic, dispatch_uid="site.search.topic")
    post_delete.connect(_on_topic_gone, sender=Topic, dispatch_uid="site.search.topic")
    post_save.connect(_on_speaker, sender=Speaker, dispatch_uid="site.search.speaker")
    for signal in (post_save, post_delete):
        signal.connect(_on_byline, sender=Byline, dispatch_uid="site.search.byline")
        for model in (AccessRule, Publication, Section):
            signal.connect(_on_standing, sender=model, dispatch_uid=f"site.search.{model.__name__}")
    minute_passed.connect(_catch_up_each_minute, dispatch_uid="site.search")
