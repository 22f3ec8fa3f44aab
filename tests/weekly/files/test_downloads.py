"""An issue as a file: for whoever may have it, with their number in it, and for nobody else."""

import tracemalloc
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, default_storage
from django.test import Client

from broadsheet.membership.models import Entitlement, Institution
from broadsheet.people.account import everything_about
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.site.weekly import files
from broadsheet.weekly.files import makers
from broadsheet.weekly.files.making import find_due
from broadsheet.weekly.files.stamped import Stamped
from broadsheet.weekly.models import IssueFile, ReaderNumber, WeeklyIssue
from tests.cast import signed_in
from tests.magazine import Magazine
from tests.weekly.files.made import TEXT, file_of, issue_of, with_files

HERE = "/issues/1/download/text"


@pytest.fixture
def issue(magazine: Magazine) -> WeeklyIssue:
    return with_files(magazine, "harbour", "reef")


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def test_a_subscriber_gets_it_with_their_number(issue: WeeklyIssue, bruno: Person) -> None:
    answer = signed_in(bruno).get(HERE)
    said = body(answer)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain"
    assert answer.headers["Content-Length"] == str(len(said)) == str(file_of(issue).size)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="the-meridian-1-text.txt"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    number = ReaderNumber.objects.get(person=bruno)
    assert said.startswith(str(number).encode())
    # The same one each time.
    assert body(signed_in(bruno).get(HERE)) == said


def test_the_magazines_name_makes_a_plain_file_name(issue: WeeklyIssue, bruno: Person, magazine) -> None:
    publication = files.Publication.load()
    publication.name = 'Le “Méridien”\r\n/../日刊"'
    publication.save()
    answer = signed_in(bruno).get(HERE)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="le-meridien-1-text.txt"'
    publication.name = "日刊"
    publication.save()
    assert 'filename="issue-1-text.txt"' in signed_in(bruno).get(HERE).headers["Content-Disposition"]


def test_head_tells_the_same_and_sends_nothing(issue: WeeklyIssue, bruno: Person) -> None:
    answer = signed_in(bruno).head(HERE)
    assert answer.status_code == 200
    assert answer.headers["Content-Length"] == str(file_of(issue).size)
    assert answer.content == b""
    assert not ReaderNumber.objects.exists()


def test_the_staff_get_it(issue: WeeklyIssue, carla: Person) -> None:
    assert body(signed_in(carla).get(HERE))[:10].isdigit()


def test_an_institutions_readers_get_it_with_its_number(issue: WeeklyIssue, halden: Institution) -> None:
    answer = Client().get(HERE, REMOTE_ADDR="192.0.2.7")
    assert answer.status_code == 200
    assert body(answer).startswith(str(ReaderNumber.objects.get(institution=halden)).encode())


def test_a_stranger_is_led_to_sign_in_and_back_to_the_issue(issue: WeeklyIssue) -> None:
    answer = Client().get(HERE)
    assert answer.status_code == 303
    assert "next=/issues/1/#files" in unquote(answer.headers["Location"])
    page = Client().get(answer.headers["Location"]).text
    assert "The issue as a file is for subscribers." in page
    assert 'href="/subscribe/?next=%2Fissues%2F1%2F%23files"' in page
    assert "for subscribers" not in Client().get("/account/sign-in/?next=/issues/1/").text
    assert Client().get(HERE, headers={"Accept": "application/json"}).status_code == 401


def test_a_reader_without_a_right_is_told_what_it_takes(issue: WeeklyIssue, ada: Person) -> None:
    answer = signed_in(ada).get(HERE)
    assert answer.status_code == 403
    assert "for subscribers" in answer.text
    assert "/subscribe/?next=%2Fissues%2F1%2F%23files" in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_once_the_right_has_ended_it_is_refused(issue: WeeklyIssue, bruno: Person) -> None:
    client = signed_in(bruno)
    assert client.get(HERE).status_code == 200
    Entitlement.objects.filter(person=bruno).update(ends_at=clock.now() - timedelta(seconds=1))
    answer = client.get(HERE)
    assert (answer.status_code, answer.streaming) == (403, False)


@pytest.mark.parametrize("agent", ["GPTBot/1.2", "Mozilla/5.0 (compatible; Googlebot/2.1)"])
def test_a_robot_gets_none(issue: WeeklyIssue, agent: str) -> None:
    assert Client().get(HERE, headers={"User-Agent": agent}).status_code in {303, 403}


@pytest.mark.parametrize("path", ["/issues/9/download/text", "/issues/1/download/pdf-b5"])
def test_what_there_is_not_is_not_found(issue: WeeklyIssue, bruno: Person, path: str) -> None:
    assert signed_in(bruno).get(path).status_code == 404


def test_another_editions_issue_is_not_found_here(issue: WeeklyIssue, bruno: Person) -> None:
    assert signed_in(bruno).get(f"/uk{HERE}").status_code == 404


def test_a_draft_is_not_found_and_a_withdrawn_issue_is_gone(magazine: Magazine, bruno: Person) -> None:
    issue = with_files(magazine, "harbour")
    issue.withdraw()
    assert signed_in(bruno).get(HERE).status_code == 410
    issue_of(magazine, "reef", number=2, state="draft", published_at=None)
    assert signed_in(bruno).get("/issues/2/download/text").status_code == 404


def test_what_is_being_made_is_to_be_asked_for_later(magazine: Magazine, bruno: Person) -> None:
    issue_of(magazine, "harbour")
    answer = signed_in(bruno).get(HERE)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "120")
    IssueFile.objects.get().fail("No.")
    IssueFile.objects.update(state="failed", due_at=None, fault="No.")
    assert signed_in(bruno).get(HERE).status_code == 404


def test_what_was_withdrawn_is_in_no_file_any_more(
    issue: WeeklyIssue, bruno: Person, magazine: Magazine, django_capture_on_commit_callbacks
) -> None:
    before = file_of(issue).file.name
    with django_capture_on_commit_callbacks(execute=True):
        magazine.article("harbour").unpublish()
    assert not default_storage.exists(before)
    assert signed_in(bruno).get(HERE).status_code == 503


def test_while_a_new_one_is_made_the_old_one_is_given(issue: WeeklyIssue, bruno: Person) -> None:
    issue.note = "<p>New.</p>"
    issue.save()
    assert file_of(issue).is_under_way
    assert len(body(signed_in(bruno).get(HERE))) == file_of(issue).size


def test_a_file_that_is_replaced_while_it_is_sent_arrives_whole(
    issue: WeeklyIssue, bruno: Person, django_capture_on_commit_callbacks
) -> None:
    answer = signed_in(bruno).get(HERE)
    before = file_of(issue)
    issue.note = "<p>Longer than it was.</p>"
    issue.save()
    with django_capture_on_commit_callbacks(execute=True):
        find_due(clock.now())
    assert not default_storage.exists(before.file.name)
    assert len(body(answer)) == before.size


def test_a_file_that_storage_has_lost_is_not_found(issue: WeeklyIssue, bruno: Person) -> None:
    default_storage.delete(file_of(issue).file.name)
    assert signed_in(bruno).get(HERE).status_code == 404


def test_very_many_are_refused(issue: WeeklyIssue, bruno: Person, monkeypatch) -> None:
    monkeypatch.setattr(files, "FILES_AN_HOUR", files.RateLimitItemPerHour(2))
    client = signed_in(bruno)
    assert [client.get(HERE).status_code for _time in range(3)] == [200, 200, 429]
    assert client.head(HERE).status_code == 200
    assert client.get(HERE).headers["Retry-After"] == "3600"


def test_sending_it_needs_no_more_memory_than_a_piece(issue: WeeklyIssue, bruno: Person) -> None:
    path = Path(default_storage.path(file_of(issue).file.name))
    with path.open("ab") as file:
        file.write(b"y" * 20_000_000)
    answer = signed_in(bruno).get(HERE)
    tracemalloc.start()
    try:
        length = sum(len(part) for part in answer.streaming_content)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert length > 20_000_000
    assert peak < 2_000_000


class Bucket(FileSystemStorage):
    """A storage whose files are not this machine's."""

    path = Storage.path  # which there is none of

    def _open(self, name: str, mode: str = "rb") -> File:
        return File(Path(default_storage.path(name)).open(mode))


def test_a_bucket_has_it_copied_and_the_copy_is_gone_after(issue: WeeklyIssue, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    row = file_of(issue)
    row.file.storage = Bucket()
    sent = Stamped(row, TEXT, "0000000042")
    assert list(tmp_path.iterdir())
    said = b"".join(sent)
    assert (len(said), said[:10]) == (row.size, b"0000000042")
    sent.close()
    assert not list(tmp_path.iterdir())


def test_a_number_is_found_however_it_is_copied(bruno: Person) -> None:
    number = ReaderNumber.objects.of(bruno)
    ReaderNumber.objects.filter(pk=number.pk).update(number="0123456789")
    for written in ("0123456789", " 0123 456 789\n", "01234-56789"):
        assert ReaderNumber.objects.written(written).get().person == bruno, written
    for other in ("", "123456789", "0123456788", "bruno@reader.example", "٠١٢٣٤٥٦٧٨٩"):
        assert not ReaderNumber.objects.written(other).exists(), other


def test_two_readers_never_have_one_number(bruno: Person, ada: Person, monkeypatch) -> None:
    chances = iter([7, 7, 8])
    monkeypatch.setattr("secrets.randbelow", lambda most: next(chances))
    assert [str(ReaderNumber.objects.of(one)) for one in (bruno, ada)] == ["0000000007", "0000000008"]


def test_ones_number_is_in_ones_data_and_goes_with_the_account(issue: WeeklyIssue, bruno: Person) -> None:
    body(signed_in(bruno).get(HERE))
    number = str(ReaderNumber.objects.get(person=bruno))
    assert everything_about(bruno)["weekly_issues"]["number_in_files"] == number
    bruno.erase()
    assert not ReaderNumber.objects.exists()


def test_no_kind_stands_in_two_makers() -> None:
    assert len(makers.kinds()) == len(set(makers.kinds()))
