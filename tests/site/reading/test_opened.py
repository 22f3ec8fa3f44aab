"""``POST /opened/<uuid>``: how a free article, whose page a CDN may answer, comes to be counted."""

import re
from datetime import timedelta
from itertools import count

import pytest
from django.test import Client

from broadsheet.insights import counts
from broadsheet.insights.models import HourlyCount
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.magazine import Magazine

HERE = {"Sec-Fetch-Site": "same-origin"}
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
numbers = count(1)


@pytest.fixture
def address() -> str:
    """A network that no other test comes from: what a process remembers outlives a test."""
    number = next(numbers)
    return f"10.7.{number // 250}.{number % 250}"


@pytest.fixture
def browser(magazine: Magazine, address: str) -> Client:
    return Client(REMOTE_ADDR=address, headers=HERE)


def opens() -> dict[tuple[str, str], int]:
    """By edition and reason."""
    counts.flush()
    rows = HourlyCount.objects.values_list("edition", "reason", "opens")
    return {(edition, reason): number for edition, reason, number in rows if number}


def reported_by(page: str) -> str | None:
    """The address to which the page's script reports, as the page names it."""
    found = re.search(r'data-opened="([^"]+)"', page)
    return found[1] if found else None


def test_the_page_of_a_free_article_names_where_to_report(browser: Client, magazine: Magazine) -> None:
    assert reported_by(browser.get("/good-news/swifts/").text) == f"/opened/{magazine.free.uuid}"
    for path in ("/world/reef/", "/ideas/index/"):
        assert reported_by(browser.get(path).text) is None


def test_an_open_is_counted_in_its_edition_and_answered_with_nothing(
    browser: Client, magazine: Magazine
) -> None:
    response = browser.post(f"/opened/{magazine.free.uuid}")
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["Cache-Control"] == "private, no-store"
    assert not response.cookies
    assert opens() == {("en-us", "free"): 1}


def test_the_page_alone_counts_nothing(browser: Client, magazine: Magazine) -> None:
    browser.get("/good-news/swifts/")
    assert opens() == {}


def test_a_network_counts_once_in_ten_minutes(browser: Client, magazine: Magazine) -> None:
    now = clock.now()
    for minutes, expected in [(0, 1), (5, 1), (9.9, 1), (10.1, 2)]:
        with clock.moved_to(now + timedelta(minutes=minutes)):
            assert browser.post(f"/opened/{magazine.free.uuid}").status_code == 204
        counts.flush()
        assert sum(HourlyCount.objects.values_list("opens", flat=True)) == expected


@pytest.mark.parametrize("slug", ["reef", "index"])
def test_an_article_that_is_not_free_is_not_counted_here(
    browser: Client, magazine: Magazine, slug: str
) -> None:
    assert browser.post(f"/opened/{magazine.article(slug).uuid}").status_code == 204
    assert opens() == {}


def test_an_article_that_nobody_sees_is_not_found(browser: Client, magazine: Magazine) -> None:
    gone = magazine.free
    gone.unpublish()
    for uuid in (gone.uuid, magazine.draft.uuid, "00000000-0000-0000-0000-000000000000", "no-uuid"):
        assert browser.post(f"/opened/{uuid}").status_code == 404
    assert opens() == {}


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": ""},
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"User-Agent": GOOGLEBOT},
    ],
    ids=str,
)
def test_who_is_no_reader_looking_at_it_is_refused(
    browser: Client, magazine: Magazine, headers: dict[str, str]
) -> None:
    response = browser.post(f"/opened/{magazine.free.uuid}", headers=headers)
    assert response.status_code == 403
    assert opens() == {}


def test_what_the_staff_read_is_not_counted(magazine: Magazine, carla) -> None:
    assert signed_in(carla).post(f"/opened/{magazine.free.uuid}", headers=HERE).status_code == 204
    assert opens() == {}


def test_a_reader_counts_whoever_they_are(magazine: Magazine, ada, bruno, address: str) -> None:
    for reader, network in ((ada, "198.51.100.7"), (bruno, "198.51.100.8")):
        signed_in(reader).post(f"/opened/{magazine.free.uuid}", headers=HERE, REMOTE_ADDR=network)
    assert opens() == {("en-us", "free"): 2}


def test_only_a_post_reports(browser: Client, magazine: Magazine) -> None:
    for method in ("get", "head", "put"):
        assert getattr(browser, method)(f"/opened/{magazine.free.uuid}").status_code == 405
