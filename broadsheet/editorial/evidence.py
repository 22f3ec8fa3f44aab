"""Keeps the rows of evidence equal to what is published.

They are made in the transaction that changes an article, whatever changed it: publishing, unpublishing, a
correction, a revision taken up again, a copy in another edition that follows its original. When the
publication changes the length of openings, nothing is public by the older one any more
(`Recording.opening_words`) until a task or the minute has taken the articles down anew.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.signals import post_save
from django.tasks import task
from wagtail.models import Page

from broadsheet.editorial.catching_up import held_pages, is_put_off
from broadsheet.editorial.models import Article, Correction, Publication, coverage_changed
from broadsheet.editorial.opening import pieces, plain_text
from broadsheet.evidence.models import Recording
from broadsheet.evidence.recording import amend, forget, record, rows_of
from broadsheet.platform.signals import minute_passed

BATCH = 100
TOUCHING = frozenset({"body", "live"})
"""Fields of an article that its evidence depends on."""


def take_down(article: Article) -> None:
    """Makes the rows of `article` what it says, or nothing where it isn't published."""
    if not article.live:
        forget(article)
        return
    parts = article.parts
    record(
        article,
        rows_of(article.told, pieces(parts.opening)),
        opening_words=article.publication.opening_words,
        opening_text=article.public_text,
        rest_text=" ".join(plain_text(block.value) for block in parts.rest),
    )


def outdated() -> QuerySet[Article]:
    """Live articles whose rows were not made yet, or with openings of another length."""
    current = Recording.objects.filter(page=OuterRef("pk"), opening_words=Publication.load().opening_words)
    found: QuerySet[Article] = Article.objects.live().filter(~Exists(current)).order_by("-first_published_at")
    return found


def catch_up() -> int:
    """Takes down at most one batch of what is outdated, and returns how many."""
    return sum(map(_catch_up_with, outdated().values_list("pk", flat=True)[:BATCH]))


def _catch_up_with(pk: int) -> int:
    with transaction.atomic():
        found = Article.objects.filter(pk__in=held_pages([pk], waits=False))
        for article in found:
            take_down(article)
    return len(found)


@task
def catch_up_soon() -> None:
    if catch_up() == BATCH:
        catch_up_soon.enqueue()


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
    if raw or sender not in {Article, Page} or (update_fields and not TOUCHING & set(update_fields)):
        return
    # Loaded again: the instance may have cached its parts from before the change.
    if article := Article.objects.filter(pk=instance.pk).first():
        take_down(article)


def _on_correction(instance: Correction, raw: bool = False, **kwargs: Any) -> None:
    # They are saved after their article, one by one.
    if not raw and (article := Article.objects.live().filter(pk=instance.article_id).first()):
        amend(article, instance.key, instance.note)


def _on_coverage(articles: list[Article], **kwargs: Any) -> None:
    for article in articles:
        take_down(article)


def _on_opening(instance: Publication, **kwargs: Any) -> None:
    if outdated().exists():
        catch_up_soon.enqueue()


def _catch_up_each_minute(at: datetime, **kwargs: Any) -> None:
    catch_up()


def connect() -> None:
    post_save.connect(_on_save, dispatch_uid="editorial.evidence")
    post_save.connect(_on_correction, sender=Correction, dispatch_uid="editorial.evidence.correction")
    coverage_changed.connect(_on_coverage, dispatch_uid="editorial.evidence.coverage")
    post_save.connect(_on_opening, sender=Publication, dispatch_uid="editorial.evidence.opening")
    minute_passed.connect(_catch_up_each_minute, dispatch_uid="editorial.evidence")
