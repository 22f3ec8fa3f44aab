"""A reader's own catalogue of issues (OPDS), at an address that can be taken back."""

from datetime import timedelta
from xml.etree import ElementTree as ET

import feedparser
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.membership.models import Entitlement, PodcastFeed
from broadsheet.people.account import everything_about
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.site.weekly import catalogue
from broadsheet.weekly.files import makers
from broadsheet.weekly.models import IssueFeed, ReaderNumber, WeeklyIssue
from tests.cast import signed_in
from tests.magazine import Magazine, make_picture
from tests.weekly.files.made import TEXT_2, file_of, with_files

ATOM = "{http://www.w3.org/2005/Atom}"
ACQUISITION = "http://opds-spec.org/acquisition"


@pytest.fixture
def issue(magazine: Magazine) -> WeeklyIssue:
    makers.register(TEXT_2)
    lines = "The tide & the <town>\nReefs that heal"
    return with_files(magazine, "harbour", cover=make_picture("Harbour"), cover_lines=lines)


def own(person: Person) -> str:
    return f"/issues/catalogue/{IssueFeed.objects.renew(person).token}/feed.xml"


def parsed(client: Client, path: str) -> ET.Element:
    response = client.get(path)
    assert response.status_code == 200
    return ET.fromstring(response.content)  # noqa: S314 (our own)


def links(entry: ET.Element, relation: str) -> list[dict[str, str]]:
    return [link.attrib for link in entry.findall(f"{ATOM}link") if link.attrib["rel"] == relation]


def local(address: str) -> str:
    return address.removeprefix(settings.PUBLIC_URL)


def test_it_has_every_issue_with_cover_and_files(
    issue: WeeklyIssue, magazine: Magazine, bruno: Person, client: Client
) -> None:
    with_files(magazine, "reef", number=2)
    feed = parsed(client, own(bruno))
    entries = feed.findall(f"{ATOM}entry")
    assert ["No. 2" in entry.findtext(f"{ATOM}title") for entry in entries] == [True, False]
    first = entries[1]
    assert first.findtext(f"{ATOM}id") == issue.uuid.urn
    summary = first.find(f"{ATOM}summary")
    assert summary is not None
    assert summary.attrib["type"] == "html"
    assert summary.text == "The tide &amp; the &lt;town&gt; · Reefs that heal"
    assert feed.findtext(f"{ATOM}id") != f"{settings.PUBLIC_URL}/", "that is the edition's own feed"
    assert first.findtext("{http://purl.org/dc/terms/}language") == "en-US"
    files = links(first, ACQUISITION)
    assert [(link["type"], link["title"]) for link in files] == [
        ("text/plain", "Plain text"),
        ("text/plain", "Large text"),
    ]
    for image in (
        *links(first, "http://opds-spec.org/image"),
        *links(first, "http://opds-spec.org/image/thumbnail"),
    ):
        assert client.get(local(image["href"])).getvalue()
    assert local(links(first, "alternate")[0]["href"]) == "/issues/1/"
    answer = client.get(local(files[0]["href"]))
    said = b"".join(answer.streaming_content)
    assert files[0]["length"] == str(len(said)) == str(file_of(issue).size)
    assert said.startswith(str(ReaderNumber.objects.get(person=bruno)).encode())


def test_apps_know_it_for_a_catalogue_that_nobody_else_keeps(
    issue: WeeklyIssue, bruno: Person, client: Client
) -> None:
    path = own(bruno)
    answer = client.get(path)
    assert answer.headers["Content-Type"] == (
        "application/atom+xml;profile=opds-catalog;kind=acquisition; charset=utf-8"
    )
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    feed = ET.fromstring(answer.content)  # noqa: S314 (our own)
    assert [local(link["href"]) for link in links(feed, "self") + links(feed, "start")] == [path, path]
    assert not feedparser.parse(answer.content).bozo
    file = client.get(local(links(feed.find(f"{ATOM}entry"), ACQUISITION)[0]["href"]))
    assert file.headers["Cache-Control"] == "private, no-store"
    assert file.headers["Referrer-Policy"] == "strict-origin"


def test_once_the_right_has_ended_it_says_how_to_return(
    issue: WeeklyIssue, bruno: Person, client: Client
) -> None:
    path = own(bruno)
    file = path.replace("feed.xml", "1/text")
    assert client.get(file).status_code == 200
    Entitlement.objects.filter(person=bruno).update(ends_at=clock.now() - timedelta(seconds=1))
    feed = parsed(client, path)
    assert feed.findall(f"{ATOM}entry") == []
    assert f"{settings.PUBLIC_URL}/subscribe/" in feed.findtext(f"{ATOM}subtitle")
    assert client.get(file).status_code == 403
    Entitlement.objects.filter(person=bruno).update(ends_at=clock.now() + timedelta(days=9))
    assert len(parsed(client, path).findall(f"{ATOM}entry")) == 1


def test_an_address_that_was_replaced_or_taken_back_is_gone(
    issue: WeeklyIssue, bruno: Person, client: Client
) -> None:
    old, reader = own(bruno), signed_in(bruno)
    assert reader.post("/issues/catalogue/address").status_code == 303
    new = f"/issues/catalogue/{IssueFeed.objects.of(bruno).token}/feed.xml"
    assert [client.get(path).status_code for path in (old, new)] == [410, 200]
    assert "new address" in reader.get("/account/").text
    reader.post("/issues/catalogue/address", {"do": "revoke"})
    assert [client.get(path).status_code for path in (new, new.replace("feed.xml", "1/text"))] == [410, 410]
    assert not IssueFeed.objects.exists()


@pytest.mark.parametrize("token", ["nonsense", "x" * 59, "é" * 59])
def test_what_we_never_gave_out_is_not_found(issue: WeeklyIssue, client: Client, token: str) -> None:
    assert client.get(f"/issues/catalogue/{token}/feed.xml").status_code == 404
    assert client.get(f"/issues/catalogue/{token}/1/text").status_code == 404


def test_a_podcasts_address_opens_no_catalogue(issue: WeeklyIssue, bruno: Person, client: Client) -> None:
    token = PodcastFeed.objects.renew(bruno).token
    assert client.get(f"/issues/catalogue/{token}/feed.xml").status_code == 404


def test_whoever_is_closed_out_has_none(issue: WeeklyIssue, bruno: Person, client: Client) -> None:
    path = own(bruno)
    bruno.is_active = False
    bruno.save()
    assert client.get(path).status_code == 410


def test_asking_too_often_is_refused(issue: WeeklyIssue, bruno: Person, client: Client, monkeypatch) -> None:
    monkeypatch.setattr(catalogue, "FEEDS_AN_HOUR", catalogue.RateLimitItemPerHour(1))
    path = own(bruno)
    assert [client.get(path).status_code for _time in range(2)] == [200, 429]


def test_a_long_row_of_issues_goes_on_under_next(
    issue: WeeklyIssue, magazine: Magazine, bruno: Person, client: Client, monkeypatch
) -> None:
    monkeypatch.setattr(catalogue, "LENGTH", 2)
    for number in (2, 3):
        with_files(magazine, "reef", number=number)
    path = own(bruno)
    (after,) = links(parsed(client, path), "next")
    feed = parsed(client, local(after["href"]))
    assert len(feed.findall(f"{ATOM}entry")) == 1
    assert links(feed, "next") == []
    assert client.get(f"{path}?before=nonsense").status_code == 200


def test_two_issues_take_as_many_queries_as_one(
    issue: WeeklyIssue, magazine: Magazine, bruno: Person, client: Client
) -> None:
    path = own(bruno)

    def queries() -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        return len(asked)

    few = queries()
    with_files(magazine, "reef", number=2, cover=make_picture("Reef"))
    assert queries() == few


def test_the_account_offers_it_where_there_are_files(magazine: Magazine, bruno: Person, ada: Person) -> None:
    reader = signed_in(bruno)
    assert 'id="issues"' not in reader.get("/account/").text
    with_files(magazine, "harbour")
    assert "Get my address" in reader.get("/account/").text
    assert 'id="issues"' not in signed_in(ada).get("/account/").text
    reader.post("/issues/catalogue/address")
    assert IssueFeed.objects.of(bruno).token in reader.get("/account/").text
    Entitlement.objects.filter(person=bruno).update(ends_at=clock.now() - timedelta(seconds=1))
    assert "empty at the moment" in reader.get("/account/").text


def test_it_is_in_ones_data_without_the_key(issue: WeeklyIssue, bruno: Person) -> None:
    path = own(bruno)
    exported = everything_about(bruno)["weekly_issues"]
    assert len(exported["address_for_a_reading_app"]) == 1
    assert path.split("/")[3] not in str(exported)


def test_a_stranger_gets_no_address(issue: WeeklyIssue, client: Client) -> None:
    answer = client.post("/issues/catalogue/address")
    assert answer.status_code == 302
    assert not IssueFeed.objects.exists()
