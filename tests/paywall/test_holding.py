"""What a visitor holds, through every change of the publication's meter rules."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.paywall.holding import HeldGrant, Holding
from broadsheet.paywall.period import Period, Span, period_at
from tests.examples import many

ZONES = ["America/New_York", "Europe/London", "Pacific/Kiritimati", "Pacific/Niue", "Asia/Kolkata"]
FIRST = datetime(2026, 1, 1, tzinfo=UTC)

moments = st.integers(0, 800 * 86400).map(lambda seconds: FIRST + timedelta(seconds=seconds))
meter_rules = st.tuples(st.sampled_from(Span), st.sampled_from(ZONES).map(ZoneInfo), st.integers(1, 366))
articles = st.integers(1, 12).map(lambda number: UUID(int=number))


def opened(article: UUID, at: datetime, period: Period, *, charged: bool = True) -> HeldGrant:
    return HeldGrant(article, period.key, at, period.ends_at, charged)


@many
@given(articles, moments, meter_rules, meter_rules, st.integers(0, 999_999))
def test_a_grant_is_never_lost_before_the_end_it_was_promised(article, at, then, later, share) -> None:
    period = period_at(at, *then)
    grant = opened(article, at, period)
    length = (period.ends_at - at) if period.ends_at else timedelta(days=5000)
    moment = at + length / 1_000_000 * share
    now = period_at(moment, *later)
    assert grant.is_open(now, moment)
    assert article in Holding.of([grant], now, moment).granted


@many
@given(articles, moments, meter_rules)
def test_under_the_same_terms_it_counts_as_long_as_it_is_open_and_no_longer(article, at, same) -> None:
    period = period_at(at, *same)
    grant = opened(article, at, period)
    if period.ends_at is None:
        return
    second = timedelta(seconds=1)
    for moment, expected in ((period.ends_at - second, True), (period.ends_at, False)):
        now = period_at(moment, *same)
        assert grant.is_open(now, moment) is expected
        assert grant.is_spent(now) is expected


@many
@given(st.lists(st.tuples(articles, moments, st.booleans()), max_size=20), moments, meter_rules)
def test_only_what_is_charged_counts_and_an_article_counts_once(reads, at, same) -> None:
    grants = [
        opened(article, then, period_at(then, *same), charged=charged) for article, then, charged in reads
    ]
    period = period_at(at, *same)
    holding = Holding.of(grants, period, at)
    charged = {
        grant.article for grant in grants if grant.charged and period.counts(grant.period, grant.granted_at)
    }
    assert holding.spent == len(charged)


@many
@given(
    st.lists(st.tuples(articles, moments), min_size=1, max_size=20, unique_by=lambda read: read[0]),
    moments,
    st.integers(1, 366),
    st.integers(1, 8),
)
def test_in_a_rolling_period_the_next_article_comes_back_when_it_is_said_to(
    reads, at, days, allowance
) -> None:
    zone = ZoneInfo("UTC")

    def holding_at(moment: datetime) -> Holding:
        return Holding.of(grants, period_at(moment, Span.ROLLING, zone, days), moment)

    past = [(article, then) for article, then in reads if then <= at]
    grants = [opened(article, then, period_at(then, Span.ROLLING, zone, days)) for article, then in past]
    held = holding_at(at)
    if held.spent >= allowance:
        renews_at = held.renews_at(allowance)
        assert holding_at(renews_at - timedelta(seconds=1)).spent >= allowance
        assert holding_at(renews_at).spent < allowance


def test_a_lifetime_has_no_moment_at_which_the_next_article_comes_back() -> None:
    period = period_at(FIRST, Span.LIFETIME, ZoneInfo("UTC"), 30)
    assert Holding.of([opened(UUID(int=1), FIRST, period)], period, FIRST).renews_at(1) is None
