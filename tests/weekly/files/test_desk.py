"""The files of an issue at the desk, and whose number a file has."""

from datetime import timedelta

import pytest
from django.urls import reverse

from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.weekly.files import kinds, makers
from broadsheet.weekly.models import IssueFile, Making, ReaderNumber, WeeklyIssue
from tests.cast import signed_in
from tests.magazine import Magazine
from tests.weekly.files.made import FORBIDDEN, file_of, issue_of, with_files


@pytest.fixture
def issue(magazine: Magazine) -> WeeklyIssue:
    return with_files(magazine, "harbour", "reef")


def page(issue: WeeklyIssue) -> str:
    return reverse("weekly:issue", args=[issue.pk])


def make(issue: WeeklyIssue, kind: str = "text") -> str:
    return reverse("weekly:make_file", args=[issue.pk, kind])


def test_the_issues_page_says_how_far_each_file_is(magazine: Magazine, carla: Person) -> None:
    issue = issue_of(magazine, "harbour")
    said = signed_in(carla).get(page(issue)).text
    assert "Files for readers" in said
    assert "Waits for its turn" in said
    assert "Nothing yet" in said


def test_a_fault_leads_to_its_article_and_stands_among_what_is_to_repair(
    magazine: Magazine, carla: Person
) -> None:
    bad = magazine.article("reef")
    bad.title = FORBIDDEN
    bad.save_revision().publish()
    issue = with_files(magazine, "harbour", "reef")
    client = signed_in(carla)
    said = client.get(page(issue)).text
    assert "could not be set" in said
    assert reverse("wagtailadmin_pages:edit", args=[bad.pk]) in said
    assert f"{page(issue)}#files" in client.get("/desk/").text


def test_pages_are_estimated_until_they_are_known(issue: WeeklyIssue, carla: Person) -> None:
    client, plan = signed_in(carla), f"{page(issue)}flatplan/"
    assert "Pages, about" in client.get(page(issue)).text
    file = IssueFile.objects.filter(pk=file_of(issue).pk)
    file.update(kind="pdf-a4", pages=17)
    said = client.get(page(issue)).text
    assert "Pages on A4 paper" in said
    assert "Pages, about" not in said
    assert "On A4 paper it has 17 pages." in client.get(plan).text
    file.take_back()
    assert "Pages, about" in client.get(page(issue)).text


def test_an_editor_has_one_made_again_twice_and_the_log_says_so(issue: WeeklyIssue, carla: Person) -> None:
    client, before = signed_in(carla), file_of(issue)
    for _time in range(2):
        answer = client.post(make(issue), follow=True)
        assert "It is being made." in answer.text
    assert file_of(issue).file.name != before.file.name
    assert "File made again" in client.get(page(issue)).text


def test_only_those_who_edit_issues_may(issue: WeeklyIssue, dev: Person, ada: Person) -> None:
    for person in (dev, ada):
        signed_in(person).post(make(issue))
    signed_in(dev).get(make(issue))
    assert file_of(issue).wanted_at < file_of(issue).made_at


def test_of_an_issue_that_was_withdrawn_none_is_made(issue: WeeklyIssue, carla: Person) -> None:
    issue.withdraw()
    answer = signed_in(carla).post(make(issue), follow=True)
    assert "Only the files of a published issue" in answer.text
    assert signed_in(carla).post(make(issue, "pdf-b5")).status_code == 404


def test_a_number_finds_its_reader(issue: WeeklyIssue, bruno: Person, ada: Person, farid: Person) -> None:
    number = str(ReaderNumber.objects.of(bruno))
    client = signed_in(farid)
    found = client.get("/desk/readers/", {"q": f"{number[:5]} {number[5:]}"}).text
    assert bruno.email in found
    assert ada.email not in found
    assert number in client.get(f"/desk/readers/{bruno.pk}/").text
    assert "Number in files" not in client.get(f"/desk/readers/{ada.pk}/").text


def test_the_issues_page_for_readers_offers_what_is_there(magazine: Magazine, client) -> None:
    issue = issue_of(magazine, "harbour")
    assert "/download/" not in client.get("/issues/1/").text
    issue.files.get().make_again()
    assert file_of(issue).state == Making.MADE
    said = client.get("/issues/1/").text
    assert "/issues/1/download/text" in said
    assert "Plain text" in said


@pytest.mark.parametrize(
    ("kind", "most"), [("epub", 15_000_000), ("pdf-phone", 15_000_000), ("pdf-a4", 30_000_000)]
)
def test_a_file_that_is_too_heavy_is_told_on_its_page_and_among_what_is_to_repair(
    magazine: Magazine, carla: Person, kind: str, most: int
) -> None:
    issue, client = issue_of(magazine, "harbour"), signed_in(carla)
    makers._makers.clear()
    kinds.register_all()
    there = {"state": Making.MADE, "due_at": None, "file": "weekly/x", "digest": "x", "made_at": clock.now()}
    row = IssueFile.objects.create(issue=issue, kind=kind, size=most, **there)
    assert "It should have" not in client.get(page(issue)).text
    IssueFile.objects.filter(pk=row.pk).update(size=most + 1)
    said = client.get(page(issue)).text
    assert "It should have" in said
    assert ("not sent to e-readers" in said) == (kind == "epub")
    assert "larger than it should be" in client.get("/desk/").text
    WeeklyIssue.objects.update(published_at=clock.now() - timedelta(days=8))
    assert "larger than it should be" not in client.get("/desk/").text
