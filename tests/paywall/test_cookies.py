from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse

from broadsheet.paywall.cookies import set_grant
from broadsheet.paywall.grant_cookies import GRANT_PREFIX, MOST_COOKIES, grants_in
from broadsheet.paywall.period import Span, calendar_month, period_at
from broadsheet.platform import clock
from broadsheet.platform.http.signed_cookies import signing_keys

ARTICLE, OTHER = UUID(int=0xA), UUID(int=0xB)
NOW = datetime(2026, 2, 10, tzinfo=UTC)
PERIOD = calendar_month(NOW, ZoneInfo("UTC"))
NAME = f"{GRANT_PREFIX}{ARTICLE.hex}"


@pytest.fixture
def jar() -> dict[str, str]:
    response = HttpResponse()
    with clock.moved_to(NOW):
        set_grant(response, ARTICLE, PERIOD)
    return {NAME: response.cookies[NAME].value}


def test_a_grant_is_read_back(jar: dict[str, str]) -> None:
    [grant] = grants_in(jar, signing_keys())
    assert (grant.article, grant.period, grant.charged) == (ARTICLE, "2026-02", True)
    assert grant.open_until == PERIOD.ends_at
    assert timedelta() <= grant.granted_at - NOW < timedelta(seconds=2)


def test_a_grant_ends_with_its_period(jar: dict[str, str]) -> None:
    [grant] = grants_in(jar, signing_keys())
    last = PERIOD.ends_at - timedelta(seconds=1)
    assert grant.is_open(PERIOD, last)
    assert not grant.is_open(calendar_month(PERIOD.ends_at, ZoneInfo("UTC")), PERIOD.ends_at)


def test_a_grant_for_ever_is_kept_as_long_as_browsers_keep_anything() -> None:
    response = HttpResponse()
    for_ever = period_at(NOW, Span.LIFETIME, ZoneInfo("UTC"), 30)
    set_grant(response, ARTICLE, for_ever)
    cookie = response.cookies[NAME]
    assert grants_in({NAME: cookie.value}, signing_keys())[0].open_until is None
    assert int(cookie["max-age"]) == 400 * 86400


def test_the_cookie_lives_until_the_period_ends_and_no_script_reads_it() -> None:
    response = HttpResponse()
    with clock.moved_to(NOW):
        set_grant(response, ARTICLE, PERIOD)
    cookie = response.cookies[NAME]
    left = (PERIOD.ends_at - NOW).total_seconds()
    assert left - 2 <= int(cookie["max-age"]) <= left
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize(
    "value", ["", "2026-02", "2026-02:forged", ":", "\x00", "ü" * 40, "2026-02:" + "A" * 43]
)
def test_a_forged_cookie_counts_as_absent(value: str) -> None:
    assert grants_in({NAME: value}, signing_keys()) == []


def test_a_cut_cookie_counts_as_absent(jar: dict[str, str]) -> None:
    assert grants_in({NAME: jar[NAME][:-1]}, signing_keys()) == []


def test_an_oversized_cookie_counts_as_absent(jar: dict[str, str]) -> None:
    assert grants_in({NAME: jar[NAME] + "A" * 5000}, signing_keys()) == []


def test_a_cookie_moved_to_another_article_counts_as_absent(jar: dict[str, str]) -> None:
    assert grants_in({f"{GRANT_PREFIX}{OTHER.hex}": jar[NAME]}, signing_keys()) == []


@pytest.mark.parametrize("name", ["broadsheet_read_", "broadsheet_read_zz", f"broadsheet_read_{'a' * 33}"])
def test_a_cookie_with_a_malformed_name_counts_as_absent(name: str, jar: dict[str, str]) -> None:
    assert grants_in({name: jar[NAME]}, signing_keys()) == []


def test_a_stuffed_jar_costs_a_bounded_number_of_signatures(jar: dict[str, str]) -> None:
    stuffed = {f"{GRANT_PREFIX}{n:032x}": "x:y" for n in range(1000, 1000 + MOST_COOKIES)}
    assert grants_in(stuffed | jar, signing_keys()) == []
