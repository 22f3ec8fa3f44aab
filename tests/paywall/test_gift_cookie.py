"""The cookie that an opened gift link leaves."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.http import HttpResponse

from broadsheet.paywall.cookies import forget_gifts, set_gift
from broadsheet.paywall.gift_links.cookie import GIFT_PREFIX, MOST_COOKIES, gifts_in
from broadsheet.platform import clock
from broadsheet.platform.http.signed_cookies import signing_keys

ARTICLE, OTHER = UUID(int=0xA), UUID(int=0xB)
NOW = datetime(2026, 11, 12, 9, tzinfo=UTC)
END = NOW + timedelta(days=30)
NAME = f"{GIFT_PREFIX}{ARTICLE.hex}"


@pytest.fixture(autouse=True)
def _now():
    with clock.moved_to(NOW):
        yield


@pytest.fixture
def jar() -> dict[str, str]:
    response = HttpResponse()
    set_gift(response, ARTICLE, END)
    return {NAME: response.cookies[NAME].value}


def test_it_is_read_back(jar: dict[str, str]) -> None:
    assert gifts_in(jar, signing_keys(), clock.now()) == {ARTICLE}


def test_it_ends_to_the_second_with_the_link(jar: dict[str, str]) -> None:
    with clock.stopped_at(END - timedelta(seconds=2)):
        assert gifts_in(jar, signing_keys(), clock.now()) == {ARTICLE}
    with clock.moved_to(END):
        assert not gifts_in(jar, signing_keys(), clock.now())


def test_no_script_reads_it_and_the_browser_drops_it_at_its_end() -> None:
    response = HttpResponse()
    set_gift(response, ARTICLE, END)
    cookie = response.cookies[NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert 30 * 86400 - 2 <= int(cookie["max-age"]) <= 30 * 86400


@pytest.mark.parametrize("value", ["", ":", "9999999999", "9999999999:forged", "\x00", "ü" * 40, "٣:x"])
def test_a_forged_cookie_counts_as_absent(value: str) -> None:
    assert not gifts_in({NAME: value}, signing_keys(), clock.now())


def test_a_cut_or_oversized_or_prolonged_cookie_counts_as_absent(jar: dict[str, str]) -> None:
    value = jar[NAME]
    for changed in (value[:-1], value + "A" * 5000, "9" + value[1:]):
        assert not gifts_in({NAME: changed}, signing_keys(), clock.now())


def test_a_cookie_moved_to_another_article_counts_as_absent(jar: dict[str, str]) -> None:
    assert not gifts_in({f"{GIFT_PREFIX}{OTHER.hex}": jar[NAME]}, signing_keys(), clock.now())


@pytest.mark.parametrize("name", [GIFT_PREFIX, f"{GIFT_PREFIX}zz", f"{GIFT_PREFIX}{'a' * 33}"])
def test_a_cookie_with_a_malformed_name_counts_as_absent(name: str, jar: dict[str, str]) -> None:
    assert not gifts_in({name: jar[NAME]}, signing_keys(), clock.now())


def test_a_stuffed_jar_costs_a_bounded_number_of_signatures(jar: dict[str, str]) -> None:
    stuffed = {f"{GIFT_PREFIX}{n:032x}": "x:y" for n in range(1000, 1000 + MOST_COOKIES)}
    assert not gifts_in(stuffed | jar, signing_keys(), clock.now())


def test_forgetting_deletes_gifts_and_nothing_else(jar: dict[str, str]) -> None:
    response = HttpResponse()
    forget_gifts(response, jar | {"broadsheet_read_x": "y", "other": "z"})
    assert list(response.cookies) == [NAME]
    assert response.cookies[NAME]["max-age"] == 0
