"""Makes what is due to be made: some paragraphs at a time, so that other tasks need not wait.

A row says what is left to do. A worker that is killed in the middle leaves a row that is due again some
minutes later, with the paragraphs that were made.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.tasks import task
from wagtail.models import Page

from broadsheet.editorial.models import Article, Byline, Correction
from broadsheet.editorial.models.narration.narration import Narration
from broadsheet.platform.signals import minute_passed

AT_ONCE = 20
"""How many rows a minute finds."""


@task
def make_soon(pk: int) -> None:
    if Narration.objects.make_some_of(pk):
        make_soon.enqueue(pk)


def find_due(at: datetime, **kwargs: Any) -> None:
    for pk in Narration.objects.due(at).values_list("pk", flat=True)[:AT_ONCE]:
        make_soon.enqueue(pk)


def _follow(pk: int | None) -> None:
    mine = Narration.objects.filter(article=pk)
    if mine.exists():
        with transaction.atomic():
            # A file may be uploaded at this moment, which must not be undone.
            for narration in mine.select_for_update():
                narration.follow()


def _on_page(
    sender: type[Page], instance: Page, raw: bool = False, update_fields: Any = None, **kwargs: Any
) -> None:
    # A page may be saved as one of no kind in particular; that changes whether it is published, at most.
    if not raw and sender in {Article, Page} and (not update_fields or "live" in update_fields):
        _follow(instance.pk)


def _on_part(instance: Byline | Correction, raw: bool = False, **kwargs: Any) -> None:
    # They are saved after their article, one by one.
    if not raw:
        _follow(instance.article_id)


def connect() -> None:
    post_save.connect(_on_page, dispatch_uid="editorial.narration")
    for sender in (Byline, Correction):
        for signal in (post_save, post_delete):
            signal.connect(_on_part, sender=sender, dispatch_uid=f"editorial.narration.{sender.__name__}")
    minute_passed.connect(find_due, dispatch_uid="editorial.narration.due")
