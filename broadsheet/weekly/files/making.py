"""Makes the files that are due, one at a time. The row says what is left to do (`models/issue_file.py`).

A worker that is killed leaves a row that is due again some minutes later. A file is put in its place when all
of it is there, and could be stamped; until then readers have the one that there was, unless something in it
was withdrawn.
"""

import hashlib
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models.signals import post_delete, post_save
from django.tasks import task
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import Page
from wagtail.signals import page_unpublished

from broadsheet.editorial.models import Article, Byline, Correction, LetterToEditor
from broadsheet.platform import clock
from broadsheet.platform.processes.scheduler import DAY, once_every
from broadsheet.platform.signals import minute_passed
from broadsheet.weekly.content import Issue
from broadsheet.weekly.files import makers
from broadsheet.weekly.files.makers import Maker, NotMade
from broadsheet.weekly.files.originals import Originals
from broadsheet.weekly.models import Department, IssueFile, IssueItem, IssueLetter, State, WeeklyIssue
from broadsheet.weekly.models.issue_file import MOST_TRIES
from broadsheet.weekly.models.reader_number import DIGITS
from broadsheet.weekly.reading import read

AT_ONCE = 20
"""How many rows a minute finds."""
LOOKED_THROUGH = 12
"""Issues, the newest, of which is found out each day whether they hold something else by now."""
SAMPLE = "0" * DIGITS
"""A number as long as readers' are."""
FAULTS = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, NameError, RuntimeError),
    *(TypeError, ValueError, ObjectDoesNotExist),
)
"""What a mistake in a maker raises."""


@task
def make_soon(pk: int) -> None:
    if row := IssueFile.objects.claim(pk):
        with translation.override(row.issue.edition):
            make(row)


def make(row: IssueFile) -> None:
    """Makes a row that was claimed; what went wrong stands in it."""
    maker = makers.maker_of(row.kind)
    if maker is None:
        row.fail(_("This kind of file is not made here any more."))
        return
    if row.tries > MOST_TRIES:
        row.fail(_("It was begun several times, and never finished: the server may have too little memory."))
        return
    try:
        _make(row, maker)
    except NotMade as fault:
        row.fail(fault.sentence, fault.article)
    except FAULTS as error:
        row.fail(f"{type(error).__name__}: {error}")
    except OSError as error:
        # The disk is full, or the bucket is away: a little later it may not be.
        if row.tries >= MOST_TRIES:
            row.fail(f"{type(error).__name__}: {error}")
        else:
            row.try_later()


def _make(row: IssueFile, maker: Maker) -> None:
    content = read(row.issue)
    digest = digest_of(content)
    if row.is_there and row.digest == digest:
        row.stay()
        return
    with tempfile.TemporaryDirectory(prefix="issue-") as folder:
        made = maker.write(content, Originals(Path(folder)))
        try:
            size = sum(len(part) for part in maker.stamp(made, SAMPLE))
            pages = maker.pages(made) if maker.pages else 0
            row.have(made, maker.ending, size, digest, pages)
        finally:
            made.unlink(missing_ok=True)


def digest_of(content: Issue) -> str:
    return hashlib.sha256(repr(content).encode()).hexdigest()


# --- What is due, and what has changed -------------------------------------------------------------


def find_due(at: datetime, **kwargs: Any) -> None:
    missing = WeeklyIssue.objects.published().exclude(
        pk__in=IssueFile.objects.filter(kind__in=makers.kinds()).values("issue")
    )
    if missing.exists():
        IssueFile.objects.want(missing)
    for pk in IssueFile.objects.due(max(at, clock.now())).values_list("pk", flat=True)[:AT_ONCE]:
        make_soon.enqueue(pk)


@once_every(DAY, "weekly.files")
def look_through(at: datetime) -> None:
    """What no signal told, such as a picture's credit."""
    newest = WeeklyIssue.objects.published().newest_first().values("pk")[:LOOKED_THROUGH]
    IssueFile.objects.want(WeeklyIssue.objects.filter(pk__in=list(newest.values_list("pk", flat=True))))


def _hold_article(pk: int | None) -> None:
    if pk:
        IssueFile.objects.want(WeeklyIssue.objects.filter(items__article=pk))


def _on_page(
    sender: type[Page], instance: Page, raw: bool = False, update_fields: Any = None, **kwargs: Any
) -> None:
    # A page may be saved as one of no kind in particular; that changes whether it is published, at most.
    if not raw and sender in {Article, Page} and (not update_fields or "live" in update_fields):
        _hold_article(instance.pk)


def _on_unpublished(instance: Page, **kwargs: Any) -> None:
    """What was withdrawn is in no file that anybody can still get."""
    IssueFile.objects.filter(issue__items__article=instance.pk, issue__state=State.PUBLISHED).take_back()


def _on_part(instance: Byline | Correction, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        _hold_article(instance.article_id)


def _on_letter(instance: LetterToEditor, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        IssueFile.objects.want(WeeklyIssue.objects.filter(letters__letter=instance.pk))


def _on_issue(instance: WeeklyIssue, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        IssueFile.objects.want(WeeklyIssue.objects.filter(pk=instance.pk))


def _on_content(instance: Department | IssueItem | IssueLetter, raw: bool = False, **kwargs: Any) -> None:
    # Where all of the issue is being deleted, nothing is wanted of it any more.
    if not raw:
        IssueFile.objects.filter(issue=instance.issue_id, issue__state=State.PUBLISHED).ask()


def connect() -> None:
    post_save.connect(_on_page, dispatch_uid="weekly.files")
    page_unpublished.connect(_on_unpublished, dispatch_uid="weekly.files.unpublished")
    post_save.connect(_on_issue, sender=WeeklyIssue, dispatch_uid="weekly.files.issue")
    for sender, follow in (
        (Byline, _on_part),
        (Correction, _on_part),
        (LetterToEditor, _on_letter),
        (Department, _on_content),
        (IssueItem, _on_content),
        (IssueLetter, _on_content),
    ):
        for signal in (post_save, post_delete):
            signal.connect(follow, sender=sender, dispatch_uid=f"weekly.files.{sender.__name__}")
    minute_passed.connect(find_due, dispatch_uid="weekly.files.due")
    minute_passed.connect(look_through, dispatch_uid="weekly.files.daily")
