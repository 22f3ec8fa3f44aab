"""The lists of crawlers' networks: fetched, looked over, kept."""

import json
from datetime import timedelta
from io import StringIO
from ipaddress import ip_address
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django_tasks_db.models import DBTaskResult

from broadsheet.crawlers.known import KNOWN
from broadsheet.crawlers.management.commands.refresh_crawlers import Command
from broadsheet.crawlers.ranges import on_file
from broadsheet.crawlers.refreshing import ImplausibleError, parse, refresh
from broadsheet.platform import clock
from broadsheet.platform.http import fetching
from broadsheet.platform.http.fetching import FetchError, fetch, public_address
from broadsheet.platform.processes.scheduler import sweep
from tests.crawlers.publisher import EVERY_LIST, Publisher

GOOGLEBOT, BINGBOT = KNOWN["googlebot"], KNOWN["bingbot"]
[GOOGLES_LIST], [BINGS_LIST] = GOOGLEBOT.ranges, BINGBOT.ranges


@pytest.fixture(autouse=True)
def path(settings, tmp_path: Path) -> Path:
    settings.CRAWLER_RANGES = tmp_path / "crawlers.json"
    return settings.CRAWLER_RANGES


@pytest.mark.parametrize(
    "body",
    [
        {
            "creationTime": "x",
            "prefixes": [{"ipv4Prefix": "66.249.66.0/27"}, {"ipv6Prefix": "2001:4860:4801::/64"}],
        },
        {"prefixes": ["66.249.66.0/27", "2001:4860:4801::/64"]},
        ["66.249.66.0/27", "2001:4860:4801::/64"],
        [{"ip_prefix": "66.249.66.0/27", "region": "x"}, {"ipv6_prefix": "2001:4860:4801::/64"}],
        ["66.249.66.0/28", "66.249.66.16/28", "66.249.66.1", "2001:4860:4801::1/64"],
    ],
)
def test_lists_are_read_in_the_forms_there_are(body: object) -> None:
    found = [str(network) for network in parse(json.dumps(body).encode()).all]
    assert found == ["66.249.66.0/27", "2001:4860:4801::/64"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<!doctype html><title>Moved</title>", "no list of networks"),
        (b"\xff\xfe", "no list of networks"),
        (b"{}", "no list of networks"),
        (b'{"prefixes": {"ipv4Prefix": "66.249.66.0/27"}}', "no list of networks"),
        (b'["crawl.googlebot.com"]', "no list of networks"),
        (b"[1]", "no list of networks"),
        (b"[" * 100_000, "no list of networks"),
        (b'{"prefixes": []}', "names no network"),
        (b'{"prefixes": [{"service": "crawler"}]}', "names no network"),
        (b'["0.0.0.0/0"]', "broader"),
        (b'["66.0.0.0/7"]', "broader"),
        (b'["2001::/16"]', "broader"),
        (b'["10.0.0.0/8"]', "not public"),
        (b'["127.0.0.1"]', "not public"),
        (b'["169.254.169.254/32"]', "not public"),
        (b'["fd00::/32"]', "not public"),
        (b'["224.0.0.0/24"]', "not public"),
        (json.dumps([f"{n}.0.0.0/8" for n in (3, 12, 17, 20)]).encode(), "more addresses"),
        (json.dumps([f"66.{n >> 8}.{n & 255}.0/32" for n in range(20_001)]).encode(), "more than 20000"),
    ],
)
def test_what_cannot_be_an_operators_list_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(ImplausibleError, match=reason):
        parse(body)


def test_every_list_is_fetched_once_and_kept(publisher: Publisher, path: Path) -> None:
    publisher.publishes_all()
    assert refresh(publisher.open_to) == []
    assert sorted(publisher.asked) == sorted(EVERY_LIST)
    assert set(json.loads(path.read_text())) == set(EVERY_LIST)
    place = EVERY_LIST.index(GOOGLES_LIST)
    assert on_file().holds(GOOGLEBOT, ip_address(f"66.{place}.0.9"))
    assert not on_file().holds(BINGBOT, ip_address(f"66.{place}.0.9"))


def test_a_list_that_cannot_be_had_keeps_what_was_fetched_before(publisher: Publisher) -> None:
    publisher.publishes_all()
    refresh(publisher.open_to)
    before, fetched_at = on_file().networks_of(GOOGLEBOT), on_file().since(GOOGLEBOT)
    publisher.says(GOOGLES_LIST, ["0.0.0.0/0"])
    publisher.publishes(BINGS_LIST, "40.77.167.0/24")
    with clock.moved_to(clock.now() + timedelta(days=3)):
        failures = refresh(publisher.open_to)
        assert failures == [f"{GOOGLES_LIST}: 0.0.0.0/0 is broader than one operator has"]
        assert on_file().networks_of(GOOGLEBOT) == before
        assert on_file().since(GOOGLEBOT) == fetched_at
        assert on_file().since(BINGBOT) > fetched_at
        assert [str(network) for network in on_file().networks_of(BINGBOT)] == ["40.77.167.0/24"]


def test_the_command_names_what_failed_and_ends_with_an_error(publisher: Publisher) -> None:
    publisher.publishes_all()
    out = StringIO()
    command = Command(stdout=out, open_to=publisher.open_to)
    call_command(command)
    assert out.getvalue().startswith(f"{len(EVERY_LIST)} networks of {len(EVERY_LIST)} lists in ")
    del publisher.answers[GOOGLES_LIST]
    with pytest.raises(CommandError, match=r"common-crawlers\.json: it answered 404"):
        call_command(command)


def test_it_follows_within_the_host(publisher: Publisher) -> None:
    publisher.says(GOOGLES_LIST, b"", 302, Location="/elsewhere.json")
    publisher.says("https://developers.google.com/elsewhere.json", ["66.249.66.0/27"])
    assert fetch(GOOGLES_LIST, publisher.open_to) == b'["66.249.66.0/27"]'


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((302, {"Location": "https://evil.example/list.json"}, b""), "another host"),
        ((302, {"Location": "http://developers.google.com/list.json"}, b""), "another host"),
        ((302, {"Location": "https://developers.google.com:8443/list.json"}, b""), "another host"),
        ((302, {"Location": GOOGLES_LIST}, b""), "without end"),
        ((302, {}, b""), "without end"),
        ((500, {}, b"[]"), "answered 500"),
        ((304, {}, b""), "answered 304"),
        ((200, {"Content-Length": "100"}, b"[]"), "broke off"),
        ((200, {}, b" " * (fetching.LARGEST + 1)), "larger"),
    ],
)
def test_whatever_else_it_answers_is_refused(publisher: Publisher, answer, reason: str) -> None:
    publisher.answers[GOOGLES_LIST] = answer
    with pytest.raises(FetchError, match=reason):
        fetch(GOOGLES_LIST, publisher.open_to)


@pytest.mark.parametrize(
    "address",
    ["http://www.bing.com/x", "file:///etc/passwd", "https:///x", "https://www.bing.com:8443/x", "x"],
)
def test_only_https_is_fetched(publisher: Publisher, address: str) -> None:
    with pytest.raises(FetchError, match="no https address"):
        fetch(address, publisher.open_to)
    assert publisher.asked == []


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "::ffff:10.0.0.1"]
)
def test_a_host_on_a_network_of_ones_own_is_not_connected_to(host: str) -> None:
    with pytest.raises(FetchError, match="not public"):
        public_address(host, 443)


def test_a_real_connection_looks_at_the_address_first() -> None:
    with pytest.raises(FetchError, match="not public"):
        fetch("https://localhost/gptbot.json")


def test_in_production_it_is_fetched_once_a_day(db: None, settings) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    settings.PRODUCTION = True
    start = clock.now()
    for minutes in (0, 1, 23 * 60, 24 * 60 + 1):
        with clock.moved_to(start + timedelta(minutes=minutes)):
            sweep()
    wanted = DBTaskResult.objects.filter(task_path__endswith="refresh_soon")
    assert wanted.count() == 2


def test_a_magazine_that_is_tried_out_fetches_nothing_by_itself(db: None, settings) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    sweep()
    assert not DBTaskResult.objects.filter(task_path__endswith="refresh_soon").exists()


@pytest.mark.parametrize("location", ["https://[bad", "/b\xf6t.json"])
def test_a_redirect_that_is_no_address_is_refused(publisher: Publisher, location: str) -> None:
    publisher.says(GOOGLES_LIST, b"", 302, Location=location)
    with pytest.raises(FetchError):
        fetch(GOOGLES_LIST, publisher.open_to)
