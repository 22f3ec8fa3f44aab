"""An issue's files: made once, made again when what it holds changes, and never half made."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from broadsheet.editorial.models import Correction
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.weekly.content import Issue
from broadsheet.weekly.files import makers
from broadsheet.weekly.files.makers import Images, Maker
from broadsheet.weekly.files.making import SAMPLE, find_due, look_through, make, make_soon
from broadsheet.weekly.models import IssueFile, Making, ReaderNumber, State, WeeklyIssue
from broadsheet.weekly.models.issue_file import MOST_TRIES
from tests.magazine import Magazine
from tests.weekly.files.made import FORBIDDEN, TEXT_2, file_of, issue_of, stamp, with_files, write


def sweep(later: timedelta = timedelta()) -> None:
    find_due(clock.now() + later)


def test_a_published_issue_gets_every_file(magazine: Magazine) -> None:
    makers.register(TEXT_2)
    issue = issue_of(magazine, "harbour", "reef")
    assert {row.state for row in issue.files.all()} == {Making.WANTED}
    sweep()
    assert [(row.kind, row.state) for row in issue.files.all()] == [
        ("text", Making.MADE),
        ("text-2", Making.MADE),
    ]
    made = file_of(issue)
    assert made.size == default_storage.size(made.file.name)
    assert made.digest
    assert made.due_at is None


def test_a_draft_gets_none_until_it_is_published_however_that_is_done(magazine: Magazine) -> None:
    issue = issue_of(magazine, "harbour", state=State.DRAFT, published_at=None)
    sweep()
    assert not issue.files.exists()
    WeeklyIssue.objects.filter(pk=issue.pk).update(state=State.PUBLISHED, published_at=clock.now())
    sweep()
    assert file_of(issue).state == Making.MADE


def test_a_correction_has_it_made_again_and_the_old_one_stays_until_then(magazine: Magazine) -> None:
    issue = with_files(magazine, "harbour", "reef")
    before = file_of(issue)
    Correction.objects.create(article=magazine.article("reef"), note="It was Tuesday.")
    wanted = file_of(issue)
    assert wanted.state == Making.WANTED
    assert wanted.file.name == before.file.name
    assert wanted.is_there
    sweep()
    after = file_of(issue)
    assert after.state == Making.MADE
    assert after.digest != before.digest
    assert after.file.name != before.file.name


@pytest.mark.parametrize("change", ["withdrawn", "edited"])
def test_what_becomes_of_an_article_reaches_the_file(magazine: Magazine, change: str) -> None:
    issue = with_files(magazine, "harbour", "reef")
    article = magazine.article("reef")
    if change == "withdrawn":
        article.unpublish()
    else:
        article.save_revision().publish()
    assert file_of(issue).state == Making.WANTED


def test_the_old_file_is_deleted_once_the_new_one_is_there(
    magazine: Magazine, django_capture_on_commit_callbacks
) -> None:
    issue = with_files(magazine, "harbour")
    before = file_of(issue).file.name
    issue.note = "<p>Another note.</p>"
    issue.save()
    with django_capture_on_commit_callbacks(execute=True):
        sweep()
    assert not default_storage.exists(before)
    assert default_storage.exists(file_of(issue).file.name)


def test_where_nothing_changed_the_file_is_not_made_again(magazine: Magazine) -> None:
    issue = with_files(magazine, "harbour")
    before = file_of(issue)
    look_through(clock.now())
    assert file_of(issue).state == Making.WANTED
    sweep()
    after = file_of(issue)
    assert (after.state, after.file.name, after.made_at) == (Making.MADE, before.file.name, before.made_at)


def test_make_again_makes_it_whatever_there_is(magazine: Magazine) -> None:
    issue = with_files(magazine, "harbour")
    before = file_of(issue)
    before.make_again()
    after = file_of(issue)
    assert after.state == Making.MADE
    assert after.file.name != before.file.name


def test_a_fault_names_its_article_and_publishes_nothing(magazine: Magazine) -> None:
    bad = magazine.article("reef")
    bad.title = FORBIDDEN
    bad.save_revision().publish()
    issue = with_files(magazine, "harbour", "reef")
    row = file_of(issue)
    assert row.state == Making.FAILED
    assert FORBIDDEN in row.fault
    assert row.faulty == bad
    assert not row.is_there


def test_a_fault_in_one_kind_keeps_no_other_from_being_made(magazine: Magazine) -> None:
    def broken(issue: Issue, images: Images) -> Path:
        raise KeyError("glyph")

    makers.register(Maker("broken", "Broken", broken, stamp, "text/plain", "txt"))
    issue = with_files(magazine, "harbour")
    assert file_of(issue).state == Making.MADE
    assert file_of(issue, "broken").fault == "KeyError: 'glyph'"


def test_a_file_that_cannot_be_stamped_is_not_published(magazine: Magazine) -> None:
    def no_place(path: Path, number: str):
        raise ValueError("There is no place for a number.")
        yield b""

    makers.register(Maker("text", "Plain text", write, no_place, "text/plain", "txt"))
    row = file_of(with_files(magazine, "harbour"))
    assert row.state == Making.FAILED
    assert not row.is_there


def test_a_full_disk_is_tried_again_later(magazine: Magazine) -> None:
    tries = []

    def full(issue: Issue, images: Images) -> Path:
        tries.append(issue)
        if len(tries) < MOST_TRIES:
            raise OSError(28, "No space left on device")
        return write(issue, images)

    makers.register(Maker("text", "Plain text", full, stamp, "text/plain", "txt"))
    issue = with_files(magazine, "harbour")
    assert file_of(issue).state == Making.WANTED
    sweep()
    assert len(tries) == 1  # its time has not come
    for _again in range(MOST_TRIES - 1):
        IssueFile.objects.update(due_at=clock.now())
        sweep()
    assert file_of(issue).state == Making.MADE


def test_what_a_killed_worker_left_is_made_by_another(magazine: Magazine) -> None:
    issue = issue_of(magazine, "harbour")
    dead = IssueFile.objects.claim(file_of(issue).pk)
    assert dead is not None
    sweep()
    assert file_of(issue).state == Making.MAKING  # somebody has it, as far as anybody knows
    IssueFile.objects.update(due_at=clock.now())
    sweep()
    made = file_of(issue)
    assert made.state == Making.MADE
    # It was not dead after all: what it brings is late.
    make(dead)
    assert file_of(issue).file.name == made.file.name


def test_a_worker_that_dies_each_time_is_told_of(magazine: Magazine) -> None:
    issue = issue_of(magazine, "harbour")
    for _time in range(MOST_TRIES):
        assert IssueFile.objects.claim(file_of(issue).pk)
        IssueFile.objects.update(due_at=clock.now())
    sweep()
    assert "several times" in file_of(issue).fault


def test_two_workers_make_it_once(magazine: Magazine) -> None:
    issue = issue_of(magazine, "harbour")
    pk = file_of(issue).pk
    assert IssueFile.objects.claim(pk)
    assert IssueFile.objects.claim(pk) is None
    make_soon.enqueue(pk)
    assert file_of(issue).state == Making.MAKING


def test_what_changes_while_it_is_made_is_made_after_that(magazine: Magazine) -> None:
    issue = issue_of(magazine, "harbour")
    claimed = IssueFile.objects.claim(file_of(issue).pk)
    assert claimed is not None
    issue.note = "<p>Changed meanwhile.</p>"
    issue.save()
    make(claimed)
    assert file_of(issue).state == Making.WANTED
    assert not file_of(issue).is_there
    sweep()
    with default_storage.open(file_of(issue).file.name) as file:
        assert b"Changed meanwhile." in file.read()


def test_nothing_that_contradicts_itself_can_be_kept(magazine: Magazine) -> None:
    row = IssueFile.objects.filter(issue=issue_of(magazine, "harbour"))
    for wrong in (
        {"state": Making.MADE, "due_at": None},
        {"state": Making.FAILED, "due_at": None},
        {"state": "lost"},
        {"due_at": None},
        {"size": 3},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**wrong)


def test_a_deleted_issue_takes_its_files_along(
    magazine: Magazine, django_capture_on_commit_callbacks
) -> None:
    issue = with_files(magazine, "harbour")
    name = file_of(issue).file.name
    with django_capture_on_commit_callbacks(execute=True):
        issue.delete()
    assert not default_storage.exists(name)


def test_looking_for_what_is_due_takes_as_many_queries_for_one_issue_as_for_three(
    magazine: Magazine,
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            sweep()
        return len(asked)

    with_files(magazine, "harbour")
    few = queries()
    with_files(magazine, "reef", number=2)
    with_files(magazine, "swifts", number=3)
    assert queries() == few


def test_the_sample_is_as_long_as_a_readers_number(bruno: Person) -> None:
    assert len(str(ReaderNumber.objects.of(bruno))) == len(SAMPLE)
