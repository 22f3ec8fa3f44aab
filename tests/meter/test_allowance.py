from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.meter.allowance import Allowance, Reason, Visitor, decide

ARTICLE = UUID(int=1)
OTHERS = [UUID(int=n) for n in range(2, 12)]
ALLOWANCE = Allowance(strangers=1, readers=5)

accesses = st.sampled_from(["free", "metered", "subscribers"])
allowances = st.builds(Allowance, st.integers(0, 4), st.integers(0, 12))


@st.composite
def visitors(draw: st.DrawFn) -> Visitor:
    granted = frozenset(draw(st.sets(st.sampled_from([ARTICLE, *OTHERS]))))
    return Visitor(
        is_reader=draw(st.booleans()),
        is_staff=draw(st.booleans()),
        is_subscriber=draw(st.booleans()),
        granted=granted,
        spent=draw(st.integers(0, len(granted))),
    )


def opened(count: int, **rights: bool) -> Visitor:
    return Visitor(granted=frozenset(OTHERS[:count]), spent=count, **rights)


@pytest.mark.parametrize(
    ("visitor", "access", "reason"),
    [
        (Visitor(is_reader=True, is_staff=True), "subscribers", Reason.STAFF),
        (Visitor(), "free", Reason.FREE),
        (Visitor(is_reader=True, is_subscriber=True), "subscribers", Reason.SUBSCRIPTION),
        (Visitor(granted=frozenset({ARTICLE}), spent=1), "metered", Reason.GRANTED),
        (Visitor(), "metered", Reason.METER),
        (opened(1), "metered", Reason.REGISTER),
        (opened(4, is_reader=True), "metered", Reason.METER),
        (opened(5, is_reader=True), "metered", Reason.SUBSCRIBE),
        (Visitor(), "subscribers", Reason.SUBSCRIBE),
        (Visitor(is_reader=True), "subscribers", Reason.SUBSCRIBE),
    ],
)
def test_each_visitor_gets_the_verdict_of_the_first_check_that_applies(
    visitor: Visitor, access: str, reason: Reason
) -> None:
    assert decide(ARTICLE, access, visitor, ALLOWANCE).reason == reason


def test_an_allowance_of_nothing_asks_strangers_to_register_at_once() -> None:
    assert decide(ARTICLE, "metered", Visitor(), Allowance(strangers=0)).reason == Reason.REGISTER


def test_a_grant_outlives_the_article_becoming_subscribers_only() -> None:
    visitor = Visitor(is_reader=True, granted=frozenset({ARTICLE}), spent=1)
    assert decide(ARTICLE, "subscribers", visitor, ALLOWANCE).opens


def test_an_allowance_lowered_below_what_was_spent_leaves_none_rather_than_less() -> None:
    verdict = decide(ARTICLE, "metered", opened(4, is_reader=True), Allowance(readers=2))
    assert (verdict.reason, verdict.left) == (Reason.SUBSCRIBE, 0)


@given(accesses, visitors(), allowances)
def test_the_same_input_gives_the_same_verdict(access: str, visitor: Visitor, allowance: Allowance) -> None:
    assert decide(ARTICLE, access, visitor, allowance) == decide(ARTICLE, access, visitor, allowance)


@given(accesses, visitors(), allowances, st.sampled_from(["is_staff", "is_subscriber"]))
def test_a_further_right_never_shows_less(
    access: str, visitor: Visitor, allowance: Allowance, right: str
) -> None:
    fields = {name: getattr(visitor, name) for name in Visitor.__slots__}
    richer = Visitor(**(fields | {right: True}))
    before = decide(ARTICLE, access, visitor, allowance)
    after = decide(ARTICLE, access, richer, allowance)
    assert after.opens or not before.opens


@given(accesses, visitors(), allowances)
def test_a_granted_article_is_open_whatever_is_left(
    access: str, visitor: Visitor, allowance: Allowance
) -> None:
    if ARTICLE in visitor.granted:
        assert decide(ARTICLE, access, visitor, allowance).opens


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
