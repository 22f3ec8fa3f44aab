"""A reader's allowance, spent row by row."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection

from broadsheet.meter.allowance import Allowance, Reason, Verdict
from broadsheet.meter.models import Grant, merge, spend
from broadsheet.meter.period import calendar_month
from broadsheet.people.models import Person
from tests.cast import introduce

FEBRUARY = calendar_month(datetime(2026, 2, 10, tzinfo=UTC), ZoneInfo("UTC"))
MARCH = calendar_month(datetime(2026, 3, 10, tzinfo=UTC), ZoneInfo("UTC"))
ALLOWANCE = Allowance(strangers=1, readers=3)
ARTICLES = [UUID(int=n) for n in range(1, 9)]


def read(reader: Person, article: UUID, period=FEBRUARY) -> Verdict:
    return spend(reader, article, "metered", ALLOWANCE, period, is_subscriber=False)


def test_each_new_article_spends_one_until_none_is_left(ada: Person) -> None:
    reasons = [read(ada, article).reason for article in ARTICLES[:4]]
    assert reasons == [Reason.METER] * 3 + [Reason.SUBSCRIBE]


def test_a_re_read_at_the_limit_is_free(ada: Person) -> None:
    for article in ARTICLES[:3]:
        read(ada, article)
    assert read(ada, ARTICLES[0]).reason == Reason.GRANTED
    assert Grant.objects.of(ada, FEBRUARY).count() == 3


def test_a_new_period_begins_with_the_whole_allowance(ada: Person) -> None:
    for article in ARTICLES[:3]:
        read(ada, article)
    verdict = read(ada, ARTICLES[0], MARCH)
    assert (verdict.reason, verdict.left_after) == (Reason.METER, 2)


def test_a_subscriber_spends_nothing(bruno: Person) -> None:
    verdict = spend(bruno, ARTICLES[0], "metered", ALLOWANCE, FEBRUARY, is_subscriber=True)
    assert verdict.reason == Reason.SUBSCRIPTION
    assert not Grant.objects.exists()


def test_an_article_is_granted_once_a_period_whatever_the_code_does(ada: Person) -> None:
    Grant.objects.create(reader=ada, article=ARTICLES[0], period="2026-02")
    with pytest.raises(IntegrityError):
        Grant.objects.create(reader=ada, article=ARTICLES[0], period="2026-02")


def test_what_a_stranger_opened_comes_along_uncharged(ada: Person) -> None:
    merge(ada, [ARTICLES[0]], ALLOWANCE, FEBRUARY)
    assert read(ada, ARTICLES[0]).reason == Reason.GRANTED
    assert read(ada, ARTICLES[1]).left == 3


def test_merging_twice_changes_nothing(ada: Person) -> None:
    merge(ada, [ARTICLES[0]], ALLOWANCE, FEBRUARY)
    merge(ada, [ARTICLES[0]], ALLOWANCE, FEBRUARY)
    assert Grant.objects.of(ada, FEBRUARY).count() == 1


def test_merging_never_counts_twice_what_the_reader_had_opened(ada: Person) -> None:
    read(ada, ARTICLES[0])
    merge(ada, [ARTICLES[0]], ALLOWANCE, FEBRUARY)
    assert list(Grant.objects.of(ada, FEBRUARY).values_list("charged", flat=True)) == [True]


def test_grants_beyond_a_strangers_allowance_stay_open_and_are_charged(ada: Person) -> None:
    for article in ARTICLES[:3]:  # signed out and in again between each
        merge(ada, [article], ALLOWANCE, FEBRUARY)
    assert {read(ada, article).reason for article in ARTICLES[:3]} == {Reason.GRANTED}
    assert read(ada, ARTICLES[3]).left == 1


def test_an_erased_account_leaves_no_grants(ada: Person) -> None:
    read(ada, ARTICLES[0])
    ada.delete()
    assert not Grant.objects.exists()


def at_once[T](*calls) -> list:
    """The results of calls made in parallel, each with a connection of its own."""

    def alone(call):
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(alone, call) for call in calls]]


@pytest.mark.django_db(transaction=True)
def test_two_articles_in_parallel_with_one_left_spend_one() -> None:
    ada = introduce("Ada Brandt", "ada@reader.example")
    read(ada, ARTICLES[0])
    read(ada, ARTICLES[1])
    verdicts = at_once(*[lambda a=article: read(ada, a) for article in ARTICLES[2:8]])
    reasons = [verdict.reason for verdict in verdicts]
    assert reasons.count(Reason.METER) == 1
    assert Grant.objects.of(ada, FEBRUARY).count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_same_article_in_many_tabs_at_once_spends_one() -> None:
    ada = introduce("Ada Brandt", "ada@reader.example")
    verdicts = at_once(*[lambda: read(ada, ARTICLES[0])] * 6)
    reasons = sorted(verdict.reason for verdict in verdicts)
    assert reasons == sorted([Reason.METER, *[Reason.GRANTED] * 5])


@pytest.mark.django_db(transaction=True)
def test_merging_from_two_devices_at_once_keeps_both_and_charges_one() -> None:
    ada = introduce("Ada Brandt", "ada@reader.example")
    at_once(*[lambda a=article: merge(ada, [a], ALLOWANCE, FEBRUARY) for article in ARTICLES[:2]])
    charged = Grant.objects.of(ada, FEBRUARY).values_list("charged", flat=True)
    assert sorted(charged) == [False, True]
