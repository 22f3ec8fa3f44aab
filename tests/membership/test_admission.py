from datetime import UTC, datetime, timedelta

import pytest
from django.core.signing import Signer
from django.http import HttpResponse
from pytest_django import DjangoAssertNumQueries, Settings

from broadsheet.membership.admission import COOKIE, LASTS, SIGNED, admitted, admitting, set_admission
from broadsheet.membership.models import Institution
from broadsheet.platform import clock

NOW = datetime(2026, 5, 10, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def response(halden: Institution) -> HttpResponse:
    response = HttpResponse()
    with clock.moved_to(NOW):
        set_admission(response, halden)
    return response


@pytest.fixture
def jar(response: HttpResponse) -> dict[str, str]:
    return {COOKIE: response.cookies[COOKIE].value}


def test_who_was_let_in_is_known_for_twelve_hours(halden: Institution, jar: dict[str, str]) -> None:
    with clock.moved_to(NOW + SECOND):
        assert admitted(jar) == halden.pk
    with clock.stopped_at(NOW + LASTS - SECOND):
        assert admitted(jar) == halden.pk
    with clock.moved_to(NOW + LASTS + SECOND):
        assert admitted(jar) is None


def test_no_script_reads_the_cookie_and_it_ends_with_the_admission(response: HttpResponse) -> None:
    cookie = response.cookies[COOKIE]
    assert int(cookie["max-age"]) == 12 * 3600
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_the_institution_is_found_by_one_query(
    halden: Institution, jar: dict[str, str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Institution.objects.update(starts_at=NOW - timedelta(days=1))
    with clock.moved_to(NOW), django_assert_num_queries(1):
        assert list(admitting(jar)) == [halden]


def test_an_admission_ends_with_the_contract(halden: Institution, jar: dict[str, str]) -> None:
    Institution.objects.update(starts_at=NOW - timedelta(days=1), ends_at=NOW + timedelta(hours=1))
    with clock.moved_to(NOW + timedelta(minutes=59)):
        assert admitting(jar).exists()
    with clock.moved_to(NOW + timedelta(minutes=61)):
        assert not admitting(jar).exists()


def test_without_a_cookie_nothing_is_asked(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert not admitting({}).exists()


@pytest.mark.parametrize("value", ["", "1", "1.9999999999", "1.9999999999:", "\udcff", "ü:ü", "9" * 5000])
def test_a_forged_cookie_counts_as_absent(value: str) -> None:
    assert admitted({COOKIE: value}) is None


def test_a_cut_or_lengthened_cookie_counts_as_absent(jar: dict[str, str]) -> None:
    with clock.moved_to(NOW):
        assert admitted({COOKIE: jar[COOKIE][:-1]}) is None
        assert admitted({COOKIE: jar[COOKIE] + "A"}) is None


@pytest.mark.parametrize("value", ["x.9999999999", "1.x", "1", "1." + "9" * SIGNED.longest, "١.9999999999"])
def test_what_is_signed_but_no_admission_counts_as_absent(value: str) -> None:
    signed = Signer(salt="broadsheet.membership.admission").sign(value)
    assert admitted({COOKIE: signed}) is None


def test_another_cookies_signature_is_not_taken(halden: Institution) -> None:
    signed = Signer(salt="broadsheet.membership.entitlement").sign(f"{halden.pk}.9999999999")
    assert admitted({COOKIE: signed}) is None


def test_a_cookie_of_before_the_key_was_changed_still_counts(
    halden: Institution, jar: dict[str, str], settings: Settings
) -> None:
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a new key " * 6
    with clock.moved_to(NOW):
        assert admitted(jar) == halden.pk
        settings.SECRET_KEY_FALLBACKS = []
        assert admitted(jar) is None
