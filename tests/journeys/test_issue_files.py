"""An issue is downloaded by whoever may have it, and found in a reading app by an address of their own."""

import io
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from playwright.sync_api import Locator, Page, expect

from broadsheet.demo.people import READER, SUBSCRIBER
from broadsheet.editorial.models import Article
from broadsheet.platform import clock
from broadsheet.weekly.content import Length
from broadsheet.weekly.files.making import make_soon
from broadsheet.weekly.models import IssueFile, Making, ReaderNumber, State, WeeklyIssue
from broadsheet.weekly.said import Said, whole
from tests.journeys.conftest import sign_in

NUMBER = 901
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def issue(rows: None) -> WeeklyIssue:
    """A published issue of three articles, of which the EPUB is made."""
    if before := WeeklyIssue.objects.filter(edition=settings.LANGUAGE_CODE, number=NUMBER).first():
        return before
    today = clock.now().date()
    found: WeeklyIssue = WeeklyIssue.objects.create(
        edition=settings.LANGUAGE_CODE,
        number=NUMBER,
        first_day=today,
        last_day=today,
        state=State.PUBLISHED,
        published_at=clock.now(),
    )
    department = found.departments.create(name="World", position=0)
    articles = Article.objects.live().originals().filter(locale__language_code=settings.LANGUAGE_CODE)
    for article in articles.order_by("pk")[:3]:
        found.append(article, department, Length.FULL).pin(
            Said.by(whole([article.pk])[article.pk]).pinned(minutes=3)
        )
    row = IssueFile.objects.get(issue=found, kind="epub")
    make_soon.func(row.pk)
    ends_at = time.monotonic() + 120
    # What is served has a worker of its own, which may have been quicker to begin.
    while row.state in {Making.WANTED, Making.MAKING} and time.monotonic() < ends_at:
        time.sleep(0.2)
        row.refresh_from_db()
    assert (row.state, row.fault) == (Making.MADE, "")
    return found


def address(issue: WeeklyIssue) -> str:
    return f"/issues/{issue.number}/"


def link(page: Page) -> Locator:
    return page.get_by_role("region", name="Take it with you").get_by_role("link", name="EPUB")


def test_a_stranger_signs_in_and_takes_the_issue_along(
    page: Page, issue: WeeklyIssue, axe: Callable[..., None], tmp_path: Path
) -> None:
    page.goto(address(issue))
    axe(page)
    link(page).click()
    expect(page).to_have_url(re.compile("/account/sign-in/"))
    sign_in(page, SUBSCRIBER[0])
    page.goto(address(issue))
    link(page).focus()
    with page.expect_download() as downloading:
        page.keyboard.press("Enter")
    path = tmp_path / "issue.epub"
    downloading.value.save_as(path)
    assert downloading.value.suggested_filename == f"the-meridian-{NUMBER}.epub"
    number = str(ReaderNumber.objects.get(person__email=SUBSCRIBER[0]))
    with zipfile.ZipFile(path) as book:
        assert book.testzip() is None
        assert any(number in book.read(name).decode(errors="replace") for name in book.namelist())


def test_a_reader_without_a_subscription_is_told_what_it_takes(
    page: Page, issue: WeeklyIssue, axe: Callable[..., None]
) -> None:
    sign_in(page, READER[0])
    page.goto(address(issue))
    link(page).click()
    expect(page.get_by_role("heading", name="The issue as a file is for subscribers.")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Back to the issue").click()
    expect(page).to_have_url(re.compile(f"{address(issue)}$"))


def test_an_app_finds_the_issue_until_the_address_is_taken_back(
    no_script: Page, issue: WeeklyIssue, axe: Callable[..., None]
) -> None:
    page = no_script
    sign_in(page, SUBSCRIBER[0])
    page.goto("/account/")
    section = page.get_by_role("region", name="Your issues in a reading app")
    section.get_by_role("button", name="Get my address").click()
    own = section.get_by_label("Address for your reading app").input_value()
    answer = page.request.get(own)
    feed = ET.fromstring(answer.body())  # noqa: S314 (our own)
    book = next(
        one.attrib["href"]
        for one in feed.iter(f"{ATOM}link")
        if one.attrib["rel"] == "http://opds-spec.org/acquisition" and f"/{NUMBER}/" in one.attrib["href"]
    )
    with zipfile.ZipFile(io.BytesIO(page.request.get(book).body())) as found:
        assert found.testzip() is None
    section.get_by_role("button", name="Delete the address").click()
    expect(page.get_by_text("Your feed’s address no longer works.")).to_be_visible()
    assert [page.request.get(one).status for one in (own, book)] == [410, 410]
