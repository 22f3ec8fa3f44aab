"""A reader's allowance, spent row by row."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError

from broadsheet.paywall.holding import HeldGrant
from broadsheet.paywall.meter_rules import MeterRules
from broadsheet.paywall.models import Grant, merge, spend
from broadsheet.paywall.period import Span, period_at
from broadsheet.paywall.verdict import Allowance, Reason, Verdict, Visitor
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import introduce
from tests.parallel import at_once

IN_FEBRUARY = datetime(2026, 2, 10, tzinfo=UTC)
IN_MARCH = datetime(2026, 3, 10, tzinfo=UTC)
ALLOWANCE = Allowance(strangers=1, readers=3)
ARTICLES = [UUID(int=n) for n in range(1, 9)]


def meter_rules_at(at: datetime, span: Span = Span.MONTH, days: int = 30) -> MeterRules:
    return MeterRules(period_at(at, span, ZoneInfo("UTC"), days), ALLOWANCE, first_grants=60)


def read(
    reader: Person,
    article: UUID,
    at: datetime = IN_FEBRUARY,
    span: Span = Span.MONTH,
    visitor: Visitor = Visitor(is_reader=True),  # noqa: B008 (frozen)
) -> Verdict:
    with clock.moved_to(at):
        return spend(reader, article, "metered", visitor, meter_rules_at(at, span)).verdict


def bring(reader: Person, *articles: UUID, at: datetime = IN_FEBRUARY) -> None:
    meter_rules = meter_rules_at(at)
    held = [
        HeldGrant(article, meter_rules.period.key, at, meter_rules.period.ends_at) for article in articles
    ]
    with clock.moved_to(at):
        merge(reader, held, meter_rules)


def test_each_new_article_spends_one_until_none_is_left(ada: Person) -> None:
    reasons = [read(ada, article).reason for article in ARTICLES[:4]]
    assert reasons == [Reason.METER] * 3 + [Reason.SUBSCRIBE]


def test_a_re_read_at_the_limit_is_free(ada: Person) -> None:
    for article in ARTICLES[:3]:
        read(ada, article)
    assert read(ada, ARTICLES[0]).reason == Reason.GRANTED
    assert Grant.objects.filter(reader=ada).count() == 3


def test_a_new_period_begins_with_the_whole_allowance(ada: Person) -> None:
    for article in ARTICLES[:3]:
        read(ada, article)
    verdict = read(ada, ARTICLES[0], IN_MARCH)
    assert (verdict.reason, verdict.left_after) == (Reason.METER, 2)


def test_a_subscriber_spends_nothing(bruno: Person) -> None:
    verdict = read(bruno, ARTICLES[0], visitor=Visitor(is_reader=True, is_subscriber=True))
    assert verdict.reason == Reason.SUBSCRIPTION
    assert not Grant.objects.exists()


def test_an_article_is_granted_once_a_period_whatever_the_code_does(ada: Person) -> None:
    Grant.objects.create(reader=ada, article=ARTICLES[0], period="2026-02", open_until=IN_MARCH)
    with pytest.raises(IntegrityError):
        Grant.objects.create(reader=ada, article=ARTICLES[0], period="2026-02", open_until=IN_MARCH)


def test_what_a_stranger_opened_comes_along_uncharged(ada: Person) -> None:
    bring(ada, ARTICLES[0])
    assert read(ada, ARTICLES[0]).reason == Reason.GRANTED
    assert read(ada, ARTICLES[1]).left == 3


def test_merging_twice_changes_nothing(ada: Person) -> None:
    bring(ada, ARTICLES[0])
    bring(ada, ARTICLES[0])
    assert Grant.objects.filter(reader=ada).count() == 1


def test_merging_never_counts_twice_what_the_reader_had_opened(ada: Person) -> None:
    read(ada, ARTICLES[0])
    bring(ada, ARTICLES[0])
    assert list(Grant.objects.filter(reader=ada).values_list("charged", flat=True)) == [True]


def test_grants_beyond_a_strangers_allowance_stay_open_and_are_charged(ada: Person) -> None:
    for article in ARTICLES[:3]:  # signed out and in again between each
        bring(ada, article)
    assert {read(ada, article).reason for article in ARTICLES[:3]} == {Reason.GRANTED}
    assert read(ada, ARTICLES[3]).left == 1


def test_an_erased_account_leaves_no_grants(ada: Person) -> None:
    read(ada, ARTICLES[0])
    ada.delete()
    assert not Grant.objects.exists()


# --- Other spans than the month --------------------------------------------------------------------


def days_later(days: float) -> datetime:
    return IN_FEBRUARY + timedelta(days=days)


def test_a_rolling_period_gives_each_article_back_after_its_own_days(ada: Person) -> None:
    for day, article in enumerate(ARTICLES[:3]):
        read(ada, article, days_later(day), Span.ROLLING)
    assert read(ada, ARTICLES[3], days_later(29.9), Span.ROLLING).reason == Reason.SUBSCRIBE
    assert read(ada, ARTICLES[3], days_later(30.01), Span.ROLLING).reason == Reason.METER
    assert read(ada, ARTICLES[4], days_later(30.01), Span.ROLLING).reason == Reason.SUBSCRIBE
    assert read(ada, ARTICLES[1], days_later(30.9), Span.ROLLING).reason == Reason.GRANTED


def test_an_article_may_be_opened_anew_once_its_rolling_days_are_over(ada: Person) -> None:
    read(ada, ARTICLES[0], IN_FEBRUARY, Span.ROLLING)
    assert read(ada, ARTICLES[0], days_later(31), Span.ROLLING).reason == Reason.METER
    assert read(ada, ARTICLES[0], days_later(60), Span.ROLLING).reason == Reason.GRANTED
    assert Grant.objects.filter(reader=ada).count() == 1


def test_merging_never_closes_earlier_what_the_stranger_had_opened_for_longer(ada: Person) -> None:
    read(ada, ARTICLES[0], days_later(0), Span.ROLLING)
    later = meter_rules_at(days_later(20), Span.ROLLING)
    stranger = HeldGrant(ARTICLES[0], later.period.key, days_later(20), later.period.ends_at)
    for _ in range(2):
        with clock.moved_to(days_later(20)):
            merge(ada, [stranger], later)
    own = Grant.objects.get(reader=ada)
    assert (own.charged, own.open_until) == (True, days_later(50))
    assert read(ada, ARTICLES[0], days_later(49), Span.ROLLING).reason == Reason.GRANTED
    assert read(ada, ARTICLES[1], days_later(31), Span.ROLLING).left == 3


def test_a_lifetime_allowance_never_renews_and_never_closes(ada: Person) -> None:
    for article in ARTICLES[:3]:
        read(ada, article, IN_FEBRUARY, Span.LIFETIME)
    assert read(ada, ARTICLES[3], days_later(4000), Span.LIFETIME).reason == Reason.SUBSCRIBE
    assert read(ada, ARTICLES[0], days_later(4000), Span.LIFETIME).reason == Reason.GRANTED


@pytest.mark.parametrize("span", [Span.WEEK, Span.ROLLING, Span.LIFETIME])
def test_a_change_of_the_span_closes_nothing_before_the_end_it_was_promised(ada: Person, span: Span) -> None:
    read(ada, ARTICLES[0])
    assert (
        read(ada, ARTICLES[0], datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC), span).reason == Reason.GRANTED
    )
    assert read(ada, ARTICLES[0], datetime(2026, 3, 1, tzinfo=UTC), span).reason == Reason.METER


def test_a_change_of_the_time_zone_in_the_middle_of_a_month_forgets_nothing(ada: Person) -> None:
    late = datetime(2026, 2, 28, 12, tzinfo=UTC)
    read(ada, ARTICLES[0], late)
    for zone in ("Pacific/Kiritimati", "Pacific/Niue"):
        period = period_at(late, Span.MONTH, ZoneInfo(zone), 30)
        with clock.moved_to(late):
            verdict = spend(
                ada, ARTICLES[0], "metered", Visitor(is_reader=True), MeterRules(period, ALLOWANCE, 60)
            ).verdict
        assert verdict.reason == Reason.GRANTED
    # In Niue it is still February eleven hours after the end that was promised in UTC.
    at = datetime(2026, 3, 1, 10, 59, tzinfo=UTC)
    niue = MeterRules(period_at(at, Span.MONTH, ZoneInfo("Pacific/Niue"), 30), ALLOWANCE, 60)
    with clock.moved_to(at):
        verdict = spend(ada, ARTICLES[0], "metered", Visitor(is_reader=True), niue).verdict
    assert (verdict.reason, verdict.left) == (Reason.GRANTED, 2)


def test_a_promise_kept_past_its_period_is_not_charged_to_the_next(ada: Person) -> None:
    read(ada, ARTICLES[0])
    verdict = read(ada, ARTICLES[0], datetime(2026, 2, 12, tzinfo=UTC), Span.WEEK)
    assert (verdict.reason, verdict.left) == (Reason.GRANTED, 3)


@pytest.mark.django_db(transaction=True)
def test_two_articles_in_parallel_with_one_left_spend_one() -> None:
    ada = introduce("Ada Brandt", "ada@reader.example")
    read(ada, ARTICLES[0])
    read(ada, ARTICLES[1])
    verdicts = at_once(*[lambda a=article: read(ada, a) for article in ARTICLES[2:8]])
    reasons = [verdict.reason for verdict in verdicts]
    assert reasons.count(Reason.METER) == 1
    assert Grant.objects.filter(reader=ada).count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_same_article_in_many_tabs_at_once_spends_one() -> None:
    ada = introduce("Ada Brandt", "ada@reader.example")
    verdicts = at_once(*[lambda: read(ada, ARTICLES[0])] * 6)
    reasons = sorted(verdict.reason for verdict in verdicts)
    assert reasons == sorted([Reason.METER, *[Reason.GRANTED] * 5])


@pytest.mark.django_db(transaction=True)
def test_merging_from_two_devices_at_once_keeps_both_and_charges_one() -> None:
    ada = introduce("Ada Brandt", "ada@reader.example")
    at_once(*[lambda a=article: bring(ada, a) for article in ARTICLES[:2]])
    charged = Grant.objects.filter(reader=ada).values_list("charged", flat=True)
    assert sorted(charged) == [False, True]


def test_what_does_not_count_in_this_period_takes_no_room_from_what_does(ada: Person) -> None:
    """The span was changed: one of the stranger's grants is of another."""
    month, week = meter_rules_at(IN_FEBRUARY), meter_rules_at(IN_FEBRUARY, Span.WEEK)
    before = HeldGrant(ARTICLES[0], month.period.key, IN_FEBRUARY, month.period.ends_at)
    this = HeldGrant(ARTICLES[1], week.period.key, IN_FEBRUARY, week.period.ends_at)
    with clock.moved_to(IN_FEBRUARY):
        merge(ada, [before, this], week)
    assert not Grant.objects.filter(reader=ada, charged=True).exists()
