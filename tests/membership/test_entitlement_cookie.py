from datetime import UTC, datetime, timedelta

import pytest
from django.core.signing import Signer
from django.http import HttpResponse
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, Settings

from broadsheet.membership.cookies import forget_entitlement_cookie, set_entitlement_cookie
from broadsheet.membership.entitlement_cookie import (
    COOKIE,
    FRESH,
    STALE,
    EntitlementCookie,
    entitlement_cookie_in,
)
from broadsheet.membership.models import Entitlement
from broadsheet.membership.models.entitlement import unbroken_end
from broadsheet.membership.revocations import honoured, revoke
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.http.signed_cookies import signing_keys
from tests.cast import employ

NOW = datetime(2026, 5, 10, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def entitle(person: Person, start: datetime, end: datetime) -> Entitlement:
    return Entitlement.objects.create(person=person, starts_at=start, ends_at=end, reason="A prize")


# --- What it says ----------------------------------------------------------------------------------


def test_it_is_fresh_for_five_minutes_and_holds_for_two_days_in_need(ada: Person) -> None:
    entitle(ada, NOW - DAY, NOW + 30 * DAY)
    cookie = Entitlement.objects.cookie_for(ada, NOW)
    assert cookie == EntitlementCookie(ada.pk, NOW, NOW + timedelta(minutes=5), NOW + timedelta(hours=48))


@pytest.mark.parametrize(
    ("left", "fresh_for"), [(FRESH - SECOND, FRESH - SECOND), (FRESH, FRESH), (HOUR, FRESH)]
)
def test_it_ends_with_the_entitlement(ada: Person, left: timedelta, fresh_for: timedelta) -> None:
    entitle(ada, NOW - DAY, NOW + left)
    cookie = Entitlement.objects.cookie_for(ada, NOW)
    assert cookie
    assert (cookie.fresh_until, cookie.stale_until) == (NOW + fresh_for, NOW + left)


def test_entitlements_that_follow_one_another_count_as_one(ada: Person) -> None:
    entitle(ada, NOW - DAY, NOW + 2 * HOUR)
    entitle(ada, NOW + HOUR, NOW + 3 * HOUR)
    entitle(ada, NOW + 3 * HOUR, NOW + 4 * HOUR)
    entitle(ada, NOW + 4 * HOUR + SECOND, NOW + 30 * DAY)
    entitle(ada, NOW - 9 * DAY, NOW - 8 * DAY)
    cookie = Entitlement.objects.cookie_for(ada, NOW)
    assert cookie
    assert cookie.stale_until == NOW + 4 * HOUR


@pytest.mark.parametrize(
    ("starts", "ends", "has_cookie"),
    [
        (timedelta(), SECOND, True),
        (SECOND, DAY, False),
        (-DAY, timedelta(), False),
        (-DAY, SECOND, True),
        # Its last second is not whole, and an entitlement cookie knows whole seconds only.
        (-DAY, SECOND / 2, False),
    ],
)
def test_only_a_live_entitlement_gives_one(
    ada: Person, starts: timedelta, ends: timedelta, has_cookie: bool
) -> None:
    entitle(ada, NOW + starts, NOW + ends)
    assert (Entitlement.objects.cookie_for(ada, NOW) is not None) == has_cookie


def test_nobody_else_has_one(ada: Person, bruno: Person) -> None:
    assert Entitlement.objects.cookie_for(ada, clock.now()) is None
    assert Entitlement.objects.cookie_for(bruno, clock.now())


def test_the_staff_has_none(db: None) -> None:
    for role in ("Editor", "Reporter", "Subscriptions manager"):
        person = employ("Ilse Marr", f"{role[0].lower()}@magazine.example", role)
        entitle(person, NOW - DAY, NOW + DAY)
        assert Entitlement.objects.cookie_for(person, NOW) is None


def test_a_closed_account_has_none(bruno: Person) -> None:
    bruno.is_active = False
    bruno.save()
    assert Entitlement.objects.cookie_for(bruno, clock.now()) is None


def test_it_takes_as_many_queries_for_many_entitlements(
    ada: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for day in range(20):
        entitle(ada, NOW + day * DAY, NOW + (day + 1) * DAY)
    with django_assert_num_queries(2):
        Entitlement.objects.cookie_for(ada, NOW)


# --- Whether it counts -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "is_fresh", "holds_in_need"),
    [
        (timedelta(), True, True),
        (FRESH - SECOND / 1000, True, True),
        (FRESH, False, True),
        (STALE - SECOND / 1000, False, True),
        (STALE, False, False),
    ],
)
def test_it_is_exact_to_the_second(
    bruno: Person, after: timedelta, is_fresh: bool, holds_in_need: bool
) -> None:
    entitle(bruno, NOW - DAY, NOW + 30 * DAY)
    cookie = Entitlement.objects.cookie_for(bruno, NOW)
    assert cookie
    at = NOW + after
    assert honoured(cookie, at, database_is_away=False) == cookie.is_fresh(at) == is_fresh
    assert honoured(cookie, at, database_is_away=True) == cookie.holds_in_need(at) == holds_in_need


def test_a_revoked_cookie_does_not_count_and_a_later_one_does(bruno: Person) -> None:
    now = clock.now()
    with clock.moved_to(now - timedelta(minutes=2)):
        revoke(bruno.pk)
    early, late = (
        EntitlementCookie.until(now + DAY, bruno.pk, now - age) for age in (timedelta(minutes=3), SECOND)
    )
    assert early
    assert late
    for is_away in (False, True):
        assert not honoured(early, now, database_is_away=is_away)
        assert honoured(late, now, database_is_away=is_away)


def test_while_the_database_is_away_it_is_not_asked(
    bruno: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cookie = Entitlement.objects.cookie_for(bruno, clock.now())
    assert cookie
    with django_assert_num_queries(0):
        assert honoured(cookie, clock.now(), database_is_away=True)


moments = st.datetimes(datetime(2026, 5, 1), datetime(2026, 5, 9), timezones=st.just(UTC))  # noqa: DTZ001
spans = st.lists(
    st.tuples(moments, st.timedeltas(timedelta(microseconds=1), 3 * DAY)).map(lambda s: (s[0], s[0] + s[1])),
    max_size=6,
)


@given(spans, moments, st.timedeltas(timedelta(), 4 * DAY))
def test_an_entitlement_cookie_never_outlives_the_entitlement(
    spans: list[tuple[datetime, datetime]], at: datetime, after: timedelta
) -> None:
    end = unbroken_end(spans, at)
    cookie = EntitlementCookie.until(end, 1, at) if end else None
    if cookie is None:
        return
    later = at + after
    if cookie.is_fresh(later) or cookie.holds_in_need(later):
        assert any(start <= later < stop for start, stop in spans)
    assert cookie.is_fresh(later) <= cookie.holds_in_need(later)


@given(spans, moments)
def test_who_has_a_right_has_an_end_of_it_and_nobody_else(
    spans: list[tuple[datetime, datetime]], at: datetime
) -> None:
    end = unbroken_end(spans, at)
    assert (end is not None) == any(start <= at < stop for start, stop in spans)
    if end:
        assert not any(start <= end < stop for start, stop in spans)


@given(moments, st.timedeltas(SECOND, 30 * DAY), st.lists(st.timedeltas(timedelta(), 5 * DAY), min_size=2))
def test_more_time_never_makes_a_refused_cookie_count(
    at: datetime, lasts: timedelta, ages: list[timedelta]
) -> None:
    cookie = EntitlementCookie.until(at + lasts, 1, at)
    if cookie is None:
        return
    for test in (
        cookie.is_fresh,
        cookie.holds_in_need,
        lambda moment: honoured(cookie, moment, database_is_away=True),
    ):
        answers = [test(at + age) for age in sorted(ages)]
        assert answers == sorted(answers, reverse=True)


# --- The cookie ------------------------------------------------------------------------------------


@pytest.fixture
def response() -> HttpResponse:
    response = HttpResponse()
    cookie = EntitlementCookie.until(NOW + 30 * DAY, 2**63 - 1, NOW)
    assert cookie
    with clock.moved_to(NOW):
        set_entitlement_cookie(response, cookie)
    return response


@pytest.fixture
def jar(response: HttpResponse) -> dict[str, str]:
    return {COOKIE: response.cookies[COOKIE].value}


def test_it_is_read_back_as_it_was(jar: dict[str, str]) -> None:
    assert entitlement_cookie_in(jar, signing_keys()) == EntitlementCookie(
        2**63 - 1, NOW, NOW + FRESH, NOW + STALE
    )


def test_the_cookie_is_small_kept_while_it_may_count_and_closed_to_scripts(response: HttpResponse) -> None:
    cookie = response.cookies[COOKIE]
    assert len(cookie.value) < 200
    assert 48 * 3600 - 2 <= int(cookie["max-age"]) <= 48 * 3600
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_without_a_cookie_there_is_no_entitlement_cookie() -> None:
    assert entitlement_cookie_in({}, signing_keys()) is None


@pytest.mark.parametrize("value", ["", "1.2.3.4", "1.2.3.4:", "1.2.3.4:" + "A" * 43, "\udcff", "9" * 100_000])
def test_a_forged_cookie_counts_as_absent(value: str) -> None:
    assert entitlement_cookie_in({COOKIE: value}, signing_keys()) is None


def test_a_cut_or_lengthened_cookie_counts_as_absent(jar: dict[str, str]) -> None:
    assert entitlement_cookie_in({COOKIE: jar[COOKIE][:-1]}, signing_keys()) is None
    assert entitlement_cookie_in({COOKIE: jar[COOKIE][1:]}, signing_keys()) is None
    assert entitlement_cookie_in({COOKIE: jar[COOKIE] + "A"}, signing_keys()) is None


def test_an_entitlement_cookie_with_a_later_end_counts_as_absent(jar: dict[str, str]) -> None:
    end = str(int((NOW + STALE).timestamp()))
    assert end in jar[COOKIE]
    later = jar[COOKIE].replace(end, str(int(end) + 1))
    assert entitlement_cookie_in({COOKIE: later}, signing_keys()) is None


@pytest.mark.parametrize(
    "value", ["1.2.3", "1.2.3.4.5", "a.2.3.4", "-1.2.3.4", "1.2.3.999999999999", "١.2.3.4"]
)
def test_what_is_signed_but_no_entitlement_cookie_counts_as_absent(value: str) -> None:
    assert (
        entitlement_cookie_in(
            {COOKIE: Signer(salt="broadsheet.membership.entitlement").sign(value)}, signing_keys()
        )
        is None
    )


def test_another_cookies_signature_is_not_taken() -> None:
    assert (
        entitlement_cookie_in(
            {COOKIE: Signer(salt="broadsheet.paywall.grant").sign("1.2.3.4")}, signing_keys()
        )
        is None
    )


def test_an_entitlement_cookie_of_before_the_key_was_changed_still_counts(
    jar: dict[str, str], settings: Settings
) -> None:
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a new key " * 6
    assert entitlement_cookie_in(jar, signing_keys())
    settings.SECRET_KEY_FALLBACKS = []
    assert entitlement_cookie_in(jar, signing_keys()) is None


def test_an_entitlement_cookie_is_forgotten() -> None:
    response = HttpResponse()
    forget_entitlement_cookie(response)
    assert response.cookies[COOKIE]["max-age"] == 0
