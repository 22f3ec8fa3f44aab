from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.paywall.verdict import Allowance, Reason, Verdict, Visitor, decide
from tests.examples import many

ARTICLE = UUID(int=1)
OTHERS = [UUID(int=n) for n in range(2, 12)]
ALLOWANCE = Allowance(strangers=1, readers=5)

FLAGS = ("is_staff", "is_subscriber", "is_of_institution", "is_proven_crawler")
RIGHTS = (*FLAGS, "gifts", "passes", "subscriber_passes", "granted")
ORDER = list(Reason)

accesses = st.sampled_from(["free", "metered", "subscribers"])
allowances = st.builds(Allowance, st.integers(0, 4), st.integers(0, 12))
articles = st.frozensets(st.sampled_from([ARTICLE, *OTHERS]), max_size=4)


@st.composite
def visitors(draw: st.DrawFn) -> Visitor:
    granted = draw(st.frozensets(st.sampled_from([ARTICLE, *OTHERS])))
    return Visitor(
        is_reader=draw(st.booleans()),
        # Rare, or nearly every visitor drawn would read everything.
        **{flag: draw(st.sampled_from([False, False, False, True])) for flag in FLAGS},
        gifts=draw(articles),
        passes=draw(articles),
        subscriber_passes=draw(articles),
        granted=granted,
        spent=draw(st.integers(0, len(granted))),
        may_be_granted=draw(st.booleans()),
    )


def opened(count: int, **rights: bool) -> Visitor:
    return Visitor(granted=frozenset(OTHERS[:count]), spent=count, **rights)


THIS = frozenset({ARTICLE})


@pytest.mark.parametrize(
    ("visitor", "access", "reason"),
    [
        (Visitor(is_reader=True, is_staff=True), "subscribers", Reason.STAFF),
        (Visitor(), "free", Reason.FREE),
        (Visitor(is_reader=True, is_subscriber=True), "subscribers", Reason.SUBSCRIPTION),
        (Visitor(is_of_institution=True), "subscribers", Reason.INSTITUTION),
        (Visitor(gifts=THIS), "subscribers", Reason.GIFT_LINK),
        (Visitor(gifts=frozenset(OTHERS)), "subscribers", Reason.SUBSCRIBE),
        (Visitor(passes=THIS), "metered", Reason.NEWSLETTER_LINK),
        (Visitor(passes=THIS), "subscribers", Reason.SUBSCRIBE),
        (Visitor(subscriber_passes=THIS), "subscribers", Reason.NEWSLETTER_LINK),
        (Visitor(is_proven_crawler=True), "subscribers", Reason.CRAWLER),
        (Visitor(granted=THIS, spent=1), "metered", Reason.GRANTED),
        (Visitor(), "metered", Reason.METER),
        (Visitor(may_be_granted=False), "metered", Reason.REGISTER),
        (opened(1), "metered", Reason.REGISTER),
        (opened(4, is_reader=True), "metered", Reason.METER),
        (opened(4, is_reader=True, may_be_granted=False), "metered", Reason.METER),
        (opened(5, is_reader=True), "metered", Reason.SUBSCRIBE),
        (Visitor(), "subscribers", Reason.SUBSCRIBE),
        (Visitor(is_reader=True), "subscribers", Reason.SUBSCRIBE),
    ],
)
def test_each_visitor_gets_the_verdict_of_the_first_check_that_applies(
    visitor: Visitor, access: str, reason: Reason
) -> None:
    assert decide(ARTICLE, access, visitor, ALLOWANCE).reason == reason


def test_the_checks_are_made_in_their_order() -> None:
    """Of a visitor who has every right, each next check shows itself as the one before it is taken away."""
    visitor = Visitor(
        is_staff=True,
        is_subscriber=True,
        is_of_institution=True,
        gifts=THIS,
        passes=THIS,
        is_proven_crawler=True,
        granted=THIS,
        spent=1,
    )
    nothing: dict[str, Any] = {
        "is_staff": False,
        "is_subscriber": False,
        "is_of_institution": False,
        "gifts": frozenset(),
        "passes": frozenset(),
        "is_proven_crawler": False,
        "granted": frozenset(),
        "spent": 0,
    }
    seen = [decide(ARTICLE, "metered", visitor, ALLOWANCE).reason]
    for name, value in nothing.items():
        visitor = replace(visitor, **{name: value})
        seen.append(decide(ARTICLE, "metered", visitor, ALLOWANCE).reason)
    assert seen == [
        Reason.STAFF,
        Reason.SUBSCRIPTION,
        Reason.INSTITUTION,
        Reason.GIFT_LINK,
        Reason.NEWSLETTER_LINK,
        Reason.CRAWLER,
        Reason.GRANTED,
        Reason.REGISTER,
        Reason.METER,
    ]


def test_an_allowance_of_nothing_asks_strangers_to_register_at_once() -> None:
    assert decide(ARTICLE, "metered", Visitor(), Allowance(strangers=0)).reason == Reason.REGISTER


def test_a_grant_outlives_the_article_becoming_subscribers_only() -> None:
    visitor = Visitor(is_reader=True, granted=frozenset({ARTICLE}), spent=1)
    assert decide(ARTICLE, "subscribers", visitor, ALLOWANCE).opens


def test_an_allowance_lowered_below_what_was_spent_leaves_none_rather_than_less() -> None:
    verdict = decide(ARTICLE, "metered", opened(4, is_reader=True), Allowance(readers=2))
    assert (verdict.reason, verdict.left) == (Reason.SUBSCRIBE, 0)


@many
@given(accesses, visitors(), allowances)
def test_the_same_input_gives_the_same_verdict(access: str, visitor: Visitor, allowance: Allowance) -> None:
    assert decide(ARTICLE, access, visitor, allowance) == decide(ARTICLE, access, visitor, allowance)


def shown(verdict: Verdict) -> int:
    """How much the visitor sees: nothing more than the opening, all if they spend one, all."""
    return 2 if verdict.opens else 1 if verdict.reason == Reason.METER else 0


@many
@given(accesses, visitors(), allowances, st.sampled_from(RIGHTS))
def test_a_further_right_never_shows_less(
    access: str, visitor: Visitor, allowance: Allowance, right: str
) -> None:
    richer = replace(visitor, **{right: True if right in FLAGS else getattr(visitor, right) | THIS})
    before = decide(ARTICLE, access, visitor, allowance)
    after = decide(ARTICLE, access, richer, allowance)
    assert shown(after) >= shown(before)
    # Nor does a right put a later check before one that applied already.
    assert ORDER.index(after.reason) <= ORDER.index(before.reason)


@many
@given(accesses, visitors(), allowances, st.integers(0, 5), st.integers(0, 5))
def test_a_greater_allowance_never_shows_less(
    access: str, visitor: Visitor, allowance: Allowance, strangers: int, readers: int
) -> None:
    greater = Allowance(allowance.strangers + strangers, allowance.readers + readers)
    before, after = (decide(ARTICLE, access, visitor, given) for given in (allowance, greater))
    assert shown(after) >= shown(before)


@many
@given(accesses, visitors(), allowances)
def test_rights_to_other_articles_open_nothing(access: str, visitor: Visitor, allowance: Allowance) -> None:
    names = ("gifts", "passes", "subscriber_passes", "granted")
    others = replace(visitor, **{name: getattr(visitor, name) - THIS for name in names})
    without = replace(visitor, **{name: frozenset() for name in names})
    verdicts = [decide(ARTICLE, access, each, allowance) for each in (others, without)]
    assert verdicts[0] == verdicts[1]


@many
@given(accesses, visitors(), allowances)
def test_what_is_left_is_between_nothing_and_the_allowance(
    access: str, visitor: Visitor, allowance: Allowance
) -> None:
    verdict = decide(ARTICLE, access, visitor, allowance)
    assert 0 <= verdict.left_after <= verdict.left <= verdict.allowance


@many
@given(accesses, visitors(), allowances)
def test_a_granted_article_is_open_whatever_is_left(
    access: str, visitor: Visitor, allowance: Allowance
) -> None:
    if ARTICLE in visitor.granted:
        assert decide(ARTICLE, access, visitor, allowance).opens


@many
@given(st.lists(st.sampled_from([ARTICLE, *OTHERS]), max_size=30), allowances, st.booleans())
def test_reading_in_any_order_never_spends_more_than_the_allowance(
    articles: list[UUID], allowance: Allowance, is_reader: bool
) -> None:
    granted: frozenset[UUID] = frozenset()
    for article in articles:
        visitor = Visitor(is_reader=is_reader, granted=granted, spent=len(granted))
        verdict = decide(article, "metered", visitor, allowance)
        if verdict.reason == Reason.METER:
            granted |= {article}
            assert verdict.left_after == verdict.left - 1
    of_period = allowance.readers if is_reader else allowance.strangers
    assert len(granted) == min(of_period, len(set(articles)))
