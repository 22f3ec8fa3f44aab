"""Which page the front answers with, to whom, and when it is made anew."""

import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from gzip import decompress
from zoneinfo import ZoneInfo

import brotli
import pytest

from broadsheet.membership.entitlement_cookie import EntitlementCookie, person_tag
from broadsheet.paywall.grant_cookies import sign_grant
from broadsheet.paywall.period import calendar_month
from broadsheet.paywall.reader_cookie import ReaderCookie, reader_tag
from broadsheet.platform import clock
from tests.edge.front.stand_in import (
    ARTICLE,
    FREE,
    KEY,
    LIST,
    REEF,
    Answer,
    FrontProcess,
    StandIn,
    front_before,
    until,
)

pytestmark = pytest.mark.sqlite
NUMBERS = iter(range(1_000, 9_000))
SESSION = "broadsheet_session=abc"
ZONE = ZoneInfo("America/New_York")


def subscriber(
    person: int = 7, *, until: timedelta = timedelta(days=30), issued: timedelta = timedelta()
) -> str:
    now = clock.now()
    cookie = EntitlementCookie.until(now + until, person, now - issued)
    assert cookie
    return f"{SESSION}; broadsheet_entitlement={cookie.sign([KEY])}"


def reader(*granted: object, person: int = 8, spent: int = 0) -> str:
    cookie = ReaderCookie.of(person, "en-us", granted, spent, clock.now(), None)  # type: ignore[arg-type]
    return f"{SESSION}; broadsheet_reader={cookie.sign([KEY])}"


def opener() -> str:
    now = clock.now()
    return f"broadsheet_read_{REEF.hex}={sign_grant(REEF, calendar_month(now, ZONE), now, [KEY])}"


def test_a_page_is_made_once_and_kept(django: StandIn, front: FrontProcess) -> None:
    path = f"/kept-{next(NUMBERS)}/"
    first, again = front.get(path), front.get(path + "?utm_source=x&fbclid=y")
    assert (first.status, first.body) == (200, again.body)
    assert django.rendered[path, "stranger-public"] == 1
    assert first.headers["cache-control"] == "public, max-age=0, s-maxage=60"
    assert first.headers["vary"] == "Accept-Encoding"
    assert first.headers["x-content-type-options"] == "nosniff"
    assert first.headers["date"].endswith(" GMT")


def test_a_list_goes_on_under_its_number_and_nothing_else_does(django: StandIn, front: FrontProcess) -> None:
    assert b"/topics/sea/?page=2" in front.get("/topics/sea/?page=2&utm_source=x").body
    assert front.get("/topics/sea/?page=1").body == front.get("/topics/sea/").body
    front.get(LIST + "?page=2")
    assert not [path for path, _ in django.rendered if path == LIST + "?page=2"]
    front.get("/topics/sea/?page=two")
    assert django.forwarded[-1]["path"] == "/topics/sea/?page=two"


def test_each_encoding_has_its_bytes_and_its_etag(front: FrontProcess) -> None:
    plain = front.get(LIST)
    small = front.get(LIST, accept_encoding="gzip, deflate")
    smallest = front.get(LIST, accept_encoding="gzip, deflate, br, zstd")
    refused = front.get(LIST, accept_encoding="br;q=0, gzip;q=0.0, identity")
    assert decompress(small.body) == brotli.decompress(smallest.body) == plain.body == refused.body
    assert [one.headers.get("content-encoding") for one in (plain, small, smallest)] == [None, "gzip", "br"]
    assert len({one.headers["etag"] for one in (plain, small, smallest)}) == 3
    for one, encoding in ((plain, "identity"), (small, "gzip"), (smallest, "br")):
        answer = front.get(LIST, accept_encoding=encoding, if_none_match=f'"x", W/{one.headers["etag"]}')
        assert (answer.status, answer.body) == (304, b"")
        assert answer.headers["etag"] == one.headers["etag"]
        assert front.get(LIST, accept_encoding="gzip;q=0", if_none_match=small.headers["etag"]).status == 200


# Made when they are tried: most count for five minutes.
WHO = {
    "a stranger": (str, ARTICLE, "meter", "public", False),
    "with a cookie of another": (lambda: "_ga=1", ARTICLE, "meter", "public", False),
    "who has had the count": (lambda: "broadsheet_left=1.1.month", ARTICLE, "meter", "public", True),
    "who keeps issues": (lambda: "broadsheet_offline=p1", ARTICLE, "meter", "public", True),
    "who had lists of their own": (lambda: "broadsheet_library=sh", ARTICLE, "meter", "public", True),
    "a subscriber": (subscriber, ARTICLE, "subscription", "full", True),
    "a subscriber, free": (subscriber, FREE, "free", "public", True),
    "a subscriber without a session": (
        lambda: subscriber().partition("; ")[2],
        ARTICLE,
        "meter",
        "public",
        True,
    ),
    "a reader": (reader, ARTICLE, "meter", "public", True),
    "a reader with none left": (lambda: reader(spent=5), ARTICLE, "subscribe", "public", True),
    "a reader who opened it": (lambda: reader(REEF), ARTICLE, "granted", "full", True),
    "a stranger who opened it": (opener, ARTICLE, "granted", "full", True),
}


@pytest.mark.parametrize(("cookie", "path", "verdict", "rendition", "is_private"), WHO.values(), ids=WHO)
def test_everybody_gets_their_form(
    front: FrontProcess,
    cookie: Callable[[], str],
    path: str,
    verdict: str,
    rendition: str,
    is_private: bool,
) -> None:
    answer = front.get(path, cookie())
    assert answer.headers["broadsheet-verdict"] == verdict
    assert answer.headers["broadsheet-rendition"] == rendition
    assert (b"WITHHELD" in answer.body) == (rendition == "full")
    assert answer.headers["cache-control"] == (
        "private, no-store" if is_private else "public, max-age=0, s-maxage=60"
    )
    assert ("etag" in answer.headers) == (not is_private)
    assert "set-cookie" not in answer.headers


def tampered(cookie: str) -> list[str]:
    cut, changed = cookie[:-3], cookie[:-2] + ("AA" if not cookie.endswith("AA") else "BB")
    other = cookie.replace(REEF.hex, f"{9:032x}")
    return [cut, changed, *([other] if other != cookie else [])]


STRANGERS = [
    *tampered(opener()),
    *(one.partition("; ")[2] for one in tampered(subscriber())),
    "broadsheet_read_x=y",
]


@pytest.mark.parametrize("cookie", STRANGERS, ids=range(len(STRANGERS)))
def test_tampered_cookies_of_a_stranger_open_nothing(front: FrontProcess, cookie: str) -> None:
    answer = front.get(ARTICLE, cookie)
    assert answer.headers["broadsheet-rendition"] == "public"
    assert b"WITHHELD" not in answer.body


UNDECIDED = {
    "a session that nothing is known of": SESSION,
    "a tampered entitlement": tampered(subscriber())[1],
    "an entitlement that is not fresh": subscriber(issued=timedelta(minutes=6)),
    "a tampered reader": tampered(reader(REEF))[1],
    "an admission": "broadsheet_admission=1.2:x",
    "somebody of the desk": "broadsheet_desk=1",
    "a pass": f"broadsheet_pass_{REEF.hex}=x",
    "a cookie that is quoted": 'broadsheet_left="1"',
    "many cookies": "; ".join(f"broadsheet_read_{n:032x}=x" for n in range(300)),
}


@pytest.mark.parametrize("cookie", UNDECIDED.values(), ids=UNDECIDED)
def test_what_cookies_do_not_tell_django_is_asked(django: StandIn, front: FrontProcess, cookie: str) -> None:
    assert front.get(ARTICLE, cookie).status == 200
    assert dict(django.forwarded[-1]["headers"])["cookie"] == cookie


def test_so_it_is_of_crawlers(django: StandIn, front: FrontProcess) -> None:
    front.get(ARTICLE, user_agent="Mozilla/5.0 (compatible; googlebot/2.1)")
    assert django.forwarded[-1]["path"] == ARTICLE


def test_so_it_is_of_readers_of_institutions_whom_a_trusted_proxy_names(tmp_path) -> None:
    django = StandIn(tmp_path, trusted_proxies=["127.0.0.1/32"], https=True)
    with front_before(django) as front:
        assert front.get(ARTICLE, x_forwarded_for="198.51.100.1", x_forwarded_proto="https").status == 200
        assert django.forwarded == []
        front.get(ARTICLE, x_forwarded_for="192.0.2.9, 127.0.0.1", x_forwarded_proto="https")
        told = dict(django.forwarded[-1]["headers"])
        assert (told["x-forwarded-for"], told["x-forwarded-proto"]) == ("192.0.2.9", "https")
        answer = front.get(ARTICLE + "?a=b", x_forwarded_for="198.51.100.1")
        assert (answer.status, answer.headers["location"]) == (301, f"https://magazine.example{ARTICLE}?a=b")


def test_what_is_not_the_same_for_all_is_asked_for_by_each(django: StandIn, front: FrontProcess) -> None:
    for _ in range(2):
        front.get("/private/", "broadsheet_left=1")
        assert dict(django.forwarded[-1]["headers"])["cookie"] == "broadsheet_left=1"


@pytest.mark.parametrize("path", ["/world%2freef/", "/world/../account/", "/w%C3%B6rld%FF/"])
def test_a_path_in_another_spelling_is_no_key(django: StandIn, front: FrontProcess, path: str) -> None:
    front.get(path)
    assert django.forwarded[-1]["path"] == path


def test_a_thousand_at_once_have_it_rendered_once(django: StandIn, front: FrontProcess) -> None:
    path = f"/cold-{next(NUMBERS)}/"
    django.may_render.clear()
    connections = [front.connect() for _ in range(200)]
    try:
        raw = f"GET {path} HTTP/1.1\r\nHost: magazine.example\r\n\r\n".encode()
        # Five questions on each: the pipelined ones wait for the same page.
        for connection in connections:
            connection.sendall(raw * 5)
        until(lambda: django.rendered[path, "stranger-public"] == 1)
        time.sleep(0.3)
        django.may_render.set()
        with ThreadPoolExecutor(20) as pool:
            found = list(pool.map(lambda one: _read(one, 5), connections))
    finally:
        django.may_render.set()
        for connection in connections:
            connection.close()
    assert sum(found) == 1_000
    assert django.rendered[path, "stranger-public"] == 1


def _read(connection, number: int) -> int:
    said = b""
    while said.count(b"HTTP/1.1 200 OK") < number or not said.endswith(b"/"):
        part = connection.recv(1 << 16)
        if not part:
            break
        said += part
    return said.count(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("at_once", [True, False])
def test_what_is_published_is_seen_within_a_second(
    django: StandIn, front: FrontProcess, at_once: bool
) -> None:
    path = f"/news-{next(NUMBERS)}/"
    front.get(path)
    django.version += 1
    django.invalidate(path, at_once=at_once)
    end = time.monotonic() + 1.0 + 2.0  # and what a busy machine takes
    mark = f"public {django.version} ".encode()
    while mark not in front.get(path).body:
        assert time.monotonic() < end
        time.sleep(0.02)
    until(lambda: django.rendered[path, "stranger-public"] == 2)


def test_nothing_of_it_is_shown_while_it_is_made_anew_if_it_was_withdrawn(
    django: StandIn, front: FrontProcess
) -> None:
    path = f"/withdrawn-{next(NUMBERS)}/"
    before = front.get(path).body
    django.version += 1
    django.invalidate(path, at_once=True)
    time.sleep(1.0)
    django.may_render.clear()
    threading.Timer(0.5, django.may_render.set).start()
    assert front.get(path).body != before


def test_a_missing_page_is_asked_for_once_in_a_while_until_something_is_published(
    django: StandIn, front: FrontProcess
) -> None:
    path = f"/missing-{next(NUMBERS)}/"
    assert {front.get(path).status for _ in range(5)} == {404}
    assert django.rendered[path, "stranger-public"] == 1
    django.invalidate("all", at_once=True)
    until(lambda: front.get(path).status == 404 and django.rendered[path, "stranger-public"] == 2)


def test_whoever_loses_a_right_is_asked_for_within_a_second(django: StandIn, front: FrontProcess) -> None:
    lost, gained = subscriber(71), reader(person=72)
    assert front.get(ARTICLE, lost).headers["broadsheet-rendition"] == "full"
    assert front.get(ARTICLE, gained).headers["broadsheet-rendition"] == "public"
    django.invalidate(person_tag(71), reader_tag(72), at_once=True)
    for cookie in (lost, gained):
        until(lambda cookie=cookie: "server-timing" not in front.get(ARTICLE, cookie).headers, 3)


def test_opens_are_counted_and_what_is_only_fetched_is_not(own: tuple[StandIn, FrontProcess]) -> None:
    django, front = own
    cookie = subscriber()
    for _ in range(3):
        front.get(ARTICLE, cookie)
    front.get(ARTICLE, cookie, sec_purpose="prefetch;prerender")
    front.get(ARTICLE, cookie, method="HEAD")
    front.get(ARTICLE)
    assert front.stop() == 0
    (row,) = django.counted
    assert [row[0], *row[2:]] == ["en-us", REEF.hex, "subscription", 3, 3]


def test_what_is_answered_is_counted_by_verdict_for_the_metrics(own: tuple[StandIn, FrontProcess]) -> None:
    django, front = own
    for _ in range(2):
        etag = front.get(ARTICLE).headers["etag"]
    front.get(ARTICLE, if_none_match=etag)
    front.get(ARTICLE, subscriber())
    front.get(LIST)
    front.get("/missing-1/")
    front.get("/account/")
    front.say(b"GET / HTTP/1.1\r\n\r\n")
    assert front.stop() == 0
    assert django.answered == {
        "miss meter": 1,
        "hit meter": 1,
        "304 meter": 1,
        "miss subscription": 1,
        "miss page": 1,
        "miss 404": 1,
        "forwarded": 1,
        "refused 400": 1,
    }


def test_it_is_told_of_other_rules(own: tuple[StandIn, FrontProcess]) -> None:
    django, front = own
    assert front.get(ARTICLE, reader(spent=5)).headers["broadsheet-verdict"] == "subscribe"
    django.rules["allowances"] = {"en-us": [1, 9], "en-gb": [1, 5]}
    django.invalidate("rules", at_once=True)
    until(lambda: front.get(ARTICLE, reader(spent=5)).headers["broadsheet-verdict"] == "meter")


def test_memory_is_bounded_under_whatever_is_asked_for(own: tuple[StandIn, FrontProcess]) -> None:
    django, front = own
    django.length = 200
    for n in range(50):
        front.get(f"/start-{n}/")

    def ask(n: int) -> None:
        front.get(f"/many-{n}/?q={n}", f"broadsheet_read_{n:032x}=x" if n % 3 else "")
        front.get(f"/missing-{n}/")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, range(1_500)))
    with open(f"/proc/{front.process.pid}/status", encoding="ascii") as status:  # noqa: PTH123
        kilobytes = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    # The process itself, and the four megabytes that it may keep of these six.
    assert kilobytes < 90_000


def test_while_django_is_away_everybody_reads_on(own: tuple[StandIn, FrontProcess]) -> None:
    django, front = own
    before = {cookie: front.get(ARTICLE, cookie).body for cookie in ("", subscriber(), opener())}
    django.is_away = True
    django.invalidate(ARTICLE)
    time.sleep(1.0)
    for cookie, body in before.items():
        assert front.get(ARTICLE, cookie).body == body
    assert front.get("/never-seen/").status == 503


def test_while_the_database_is_away_an_entitlement_counts_for_longer(
    own: tuple[StandIn, FrontProcess],
) -> None:
    django, front = own
    cookie = subscriber(issued=timedelta(minutes=6))
    front.get(ARTICLE, subscriber())
    assert "server-timing" not in front.get(ARTICLE, cookie).headers
    with closing(sqlite3.connect(django.database, autocommit=True)) as database:
        database.execute("BEGIN EXCLUSIVE")  # nobody else is let in
        until(lambda: front.get(ARTICLE, cookie).headers.get("broadsheet-verdict") == "subscription")
    until(lambda: "server-timing" not in front.get(ARTICLE, cookie).headers)


def test_sigterm_lets_what_is_begun_be_finished(own: tuple[StandIn, FrontProcess]) -> None:
    django, front = own
    django.may_render.clear()
    with front.connect() as waiting, front.connect() as idle:
        waiting.sendall(b"GET /slow/ HTTP/1.1\r\nHost: magazine.example\r\n\r\n")
        idle.sendall(b"GET /world/ HTTP/1.1\r\nHost: magazine.example\r\n")
        until(lambda: django.rendered["/slow/", "stranger-public"] == 1)
        front.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        django.may_render.set()
        idle.sendall(b"\r\n")
        for connection in (waiting, idle):
            answer = Answer(connection.recv(1 << 20))
            assert (answer.status, answer.headers["connection"]) == (200, "close")
    assert front.process.wait(30) == 0
