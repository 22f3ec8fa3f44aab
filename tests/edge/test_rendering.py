"""What Django tells a front: pages that are nobody's own, what to decide by, and what is out of date."""

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings
from wagtail.contrib.redirects.models import Redirect

from broadsheet.edge import ahead, rendering
from broadsheet.edge.front.ready import ReadyPage
from broadsheet.edge.front.rules import Rules
from broadsheet.edge.store.page import StoredPage
from broadsheet.editorial.models import Coverage
from broadsheet.insights import counts
from broadsheet.insights.models import HourlyCount
from broadsheet.membership.models import Institution, InstitutionNetwork
from broadsheet.paywall.models import AccessRule, Meter
from broadsheet.paywall.reader_cookie import reader_cookie_in
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.http.rendition import NAMED
from broadsheet.platform.http.signed_cookies import signing_keys
from broadsheet.platform.invalidation import known
from broadsheet.platform.models import Invalidation
from broadsheet.platform.processes import metrics
from tests.cast import employ, introduce, signed_in
from tests.editorial.live.made import posted, vigil, words
from tests.magazine import Magazine, marks_in

pytestmark = pytest.mark.django_db
REEF = "/world/reef/"


@pytest.fixture(autouse=True)
def _front(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.SPOOL = tmp_path / "pages.sqlite3"
    rendering.spool.cache_clear()
    yield
    if pages := rendering.spool():
        pages.close()
    rendering.spool.cache_clear()


def asked(name: str, path: str = REEF, client: Client | None = None, **extra: Any) -> Any:
    """As the front asks on its socket, where nobody has an address."""
    headers = {"Broadsheet-Asked": name, "X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "http"}
    return (client or Client()).get(path, headers=headers, REMOTE_ADDR="", **extra)


def page(name: str, path: str = REEF, client: Client | None = None) -> StoredPage:
    answer = asked(name, path, client)
    assert answer.headers["Content-Type"] == rendering.PACKED
    return StoredPage.unpacked(answer.content)


@pytest.mark.parametrize(
    ("name", "marks"),
    [
        ("stranger-public", 3),
        ("reader-public", 3),
        ("stranger-full", 8),
        ("reader-full", 8),
        ("subscriber-full", 8),
    ],
)
def test_each_rendition_shows_what_it_may(magazine: Magazine, name: str, marks: int) -> None:
    found = page(name)
    text = found.content.decode()
    assert len(marks_in(text, "reef")) == marks
    assert ("Sign in" in text) == name.startswith("stranger")
    assert found.facts
    assert (found.facts.article, found.facts.access) == (magazine.article("reef").uuid, "metered")
    assert found.headers
    assert not {name.lower() for name, _ in found.headers} & {"set-cookie", "vary", "cache-control", "etag"}


def test_no_rendition_depends_on_who_asks(magazine: Magazine, bruno: Person) -> None:
    dev = employ("Dev Patel", "dev@magazine.example", "Reporter")
    for name in NAMED:
        alike = {page(name, client=client).digest for client in (Client(), signed_in(bruno), signed_in(dev))}
        assert len(alike) == 1


def test_a_visitor_can_not_ask_as_the_front_does(magazine: Magazine, settings: Settings) -> None:
    for address in ("198.51.100.1", "127.0.0.1"):
        answer = Client().get(REEF, headers={"Broadsheet-Asked": "subscriber-full"}, REMOTE_ADDR=address)
        assert len(marks_in(answer.text, "reef")) == 3
        rules = Client().get("/", headers={"Broadsheet-Asked": "rules"}, REMOTE_ADDR=address)
        assert settings.SECRET_KEY not in rules.text
    if pages := rendering.spool():
        pages.close()
    settings.SPOOL = None
    rendering.spool.cache_clear()
    assert len(marks_in(asked("subscriber-full").text, "reef")) == 3


@pytest.mark.parametrize("path", ["/", "/world/", "/about/", "/archive/", "/feed/rss.xml", "/uk/", "/no/"])
def test_other_pages_are_kept_too(magazine: Magazine, path: str) -> None:
    found = page("stranger-public", path)
    assert found.status in {200, 404}
    assert found.facts is None


@pytest.mark.parametrize("path", ["/account/", "/search/?q=reef", "/subscribe/"])
def test_what_is_one_visitors_own_is_not_kept(magazine: Magazine, path: str) -> None:
    rules = Rules(json.loads(asked("rules", "/").content))
    assert rules.target(path.encode()).key == ""


def test_the_rules_say_what_is_kept(magazine: Magazine) -> None:
    rules = Rules(json.loads(asked("rules", "/").content))
    assert rules.target(b"/world/reef/?utm_source=x").key == REEF
    assert rules.target(b"/topics/sea/?page=2&x=y").key == "/topics/sea/?page=2"
    assert rules.keys == tuple(signing_keys())
    assert rules.is_ours(b"localhost:8000")
    assert not rules.is_ours(b"evil.example")


def test_the_front_leaves_to_django_what_an_old_site_had_behind_a_question_mark(magazine: Magazine) -> None:
    for old in ("/?p=123", "/?lang=de&page_id=4", "/uk?cat=3", "/elsewhere?id=5", "/?bare"):
        Redirect.add_redirect(old, redirect_to="/world/reef/")
    written = json.loads(asked("rules", "/").content)
    assert written["old_queries"] == ["cat", "lang", "p"]
    rules = Rules(written)
    for old in (b"/?p=123", b"/?utm_source=x&p=9", b"/uk/?cat=3", b"/?page_id=4&lang=de"):
        assert rules.target(old).key == ""
    for other in (b"/?utm_source=x", b"/?page=2", b"/world/reef/?p=123"):
        assert rules.target(other).key


def _samples() -> list[Any]:
    (family,) = metrics.front_answers.collect()
    return [sample for sample in family.samples if sample.name.endswith("_total")]


def test_what_a_front_answered_is_counted_as_what_django_does(magazine: Magazine) -> None:
    uuid = magazine.article("reef").uuid
    hour = "2026-05-10T09:00:00+00:00"
    opens = [["en-us", hour, uuid.hex, "subscription", 3, 3]]
    body = json.dumps({"opens": opens, "answered": {"hit subscription": 3, "forwarded": 1}})
    headers = {"Broadsheet-Asked": "tally"}
    answer = Client().post("/", body, "application/json", headers=headers, REMOTE_ADDR="")
    assert answer.status_code == 204
    counts.flush()
    row = HourlyCount.objects.get(article=uuid)
    assert (row.edition, row.reason, row.decisions, row.opens) == ("en-us", "subscription", 3, 3)
    counted = {tuple(one.labels.values()): one.value for one in _samples()}
    assert counted[("hit", "subscription")] >= 3
    assert counted[("forwarded", "")] >= 1


# --- What is out of date ------------------------------------------------------------------------------


def correct(magazine: Magazine) -> None:
    magazine.article("reef").save_revision().publish()


def withdraw(magazine: Magazine) -> None:
    magazine.article("reef").unpublish()


def free(magazine: Magazine) -> None:
    AccessRule.objects.create(position=0, access="free")


def change_section(magazine: Magazine) -> None:
    magazine.section("world").save_revision().publish()


@pytest.mark.parametrize("change", [correct, withdraw, free, change_section])
def test_what_changes_is_not_shown_again(magazine: Magazine, change: Callable[[Magazine], None]) -> None:
    before = page("stranger-public")
    change(magazine)
    known.refresh(older_than=-1.0)
    assert not known.generations.may_be_shown(before.made)


def test_what_is_new_is_in_lists_soon_and_other_articles_stay(magazine: Magazine) -> None:
    front = page("stranger-public", "/")
    Invalidation.objects.filter(tag="all").delete()
    correct(magazine)
    assert not Invalidation.objects.filter(tag="all").exists()
    known.refresh(older_than=-1.0)
    assert known.generations.may_be_shown(front.made)
    assert not known.generations.is_current(front.made)


def test_other_rules_are_told(magazine: Magazine) -> None:
    meter, told = Meter.load(), Invalidation.objects.filter(tag="rules", at_once=True)
    told.delete()
    meter.save()
    assert told.exists()
    told.delete()
    library = Institution.objects.create(name="A library", ends_at="2030-01-01T00:00Z")
    InstitutionNetwork.objects.create(institution=library, cidr="192.0.2.0/24")
    assert told.exists()


# --- Whom the front knows -----------------------------------------------------------------------------


def came_by_front(client: Client, path: str = REEF) -> Any:
    headers = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "http"}
    return client.get(path, headers=headers, REMOTE_ADDR="")


@pytest.mark.parametrize("path", [REEF, "/", "/world/"])
def test_a_reader_is_introduced_with_what_they_opened(magazine: Magazine, path: str) -> None:
    reader = introduce("Carla Nwosu", "carla@reader.example")
    client = signed_in(reader)
    uuid = magazine.article("reef").uuid
    headers = {
        "Accept": "application/json",
        "Sec-Fetch-Site": "same-origin",
        "X-Forwarded-For": "198.51.100.7",
    }
    client.post(f"/read/{uuid}", headers=headers, REMOTE_ADDR="")
    for _ in range(2):
        found = reader_cookie_in(
            {"broadsheet_reader": client.cookies["broadsheet_reader"].value}, signing_keys()
        )
        assert found
        assert (found.person_id, found.granted, found.spent) == (reader.pk, {uuid}, 1)
        del client.cookies["broadsheet_reader"]
        came_by_front(client, path)


def test_staff_are_not_introduced(magazine: Magazine) -> None:
    client = signed_in(employ("Dev Patel", "dev@magazine.example", "Reporter"))
    came_by_front(client)
    assert "broadsheet_reader" not in client.cookies


def test_the_cookie_ends_at_sign_out(magazine: Magazine) -> None:
    client = signed_in(introduce("Carla Nwosu", "carla@reader.example"))
    came_by_front(client)
    assert client.cookies["broadsheet_reader"].value
    client.post("/account/sign-out/")
    assert not client.cookies["broadsheet_reader"].value


def test_a_page_is_rendered_when_it_is_published(magazine: Magazine) -> None:
    ahead.render.call([REEF], ["stranger-public", "subscriber-full"])
    pages = rendering.spool()
    assert pages
    for name, marks in (("stranger-public", 3), ("subscriber-full", 8)):
        found = pages.find(REEF, NAMED[name])
        assert found
        assert len(marks_in(found.content.decode(), "reef")) == marks
    assert settings.SPOOL.exists()


def test_what_is_new_in_a_live_coverage_is_kept_and_no_open(magazine: Magazine, dev: Person) -> None:
    article = vigil(magazine, dev)
    path = f"/live/{article.uuid}/since/0"
    stranger, subscriber = page("stranger-public", path), page("subscriber-full", path)
    for kept, told in ((stranger, {4}), (subscriber, {1, 2, 3, 4})):
        text = gzip.decompress(kept.gzip).decode()
        assert {number for number in range(1, 5) if words(number) in text} == told
        assert kept.facts is not None
        assert not kept.facts.is_read
    Coverage.of(article).withdraw(Coverage.of(article).entries.get(number=4), "A rumour.")
    known.refresh(older_than=-1.0)
    assert not known.generations.may_be_shown(stranger.made)
    again = page("stranger-public", path)
    posted(Coverage.of(article), dev, 5)
    known.refresh(older_than=-1.0)
    assert known.generations.may_be_shown(again.made), "a new entry may come a moment later"
    assert not known.generations.is_current(again.made)
    answers = [
        ReadyPage(one, clock.now()).answer("gzip", False, 200, "subscription", False)
        for one in (subscriber, page("subscriber-full", article.url))
    ]
    assert [bool(answer.counts_as) for answer in answers] == [False, True]
