"""What the counts of an experiment say, and what they don't."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.paywall.experiments.findings import Finding, conclusions, findings_of
from broadsheet.paywall.experiments.proportions import Share, differ, difference
from broadsheet.paywall.models import Experiment, Outcome, Variant, VariantCount


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        # Newcombe, “Two-sided confidence intervals for the single proportion”, 1998, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0000),
    ],
)
def test_a_share_lies_between_wilsons_bounds(hits: int, of: int, low: float, high: float) -> None:
    assert Share(hits, of).interval() == pytest.approx((low, high), abs=0.00005)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        # Newcombe, “Interval estimation for the difference”, 1998, table II, method 10.
        (Share(56, 70), Share(48, 80), 0.0524, 0.3339),
        (Share(9, 10), Share(3, 10), 0.1705, 0.8090),
        (Share(5, 56), Share(0, 29), -0.0381, 0.1926),
    ],
)
def test_a_difference_lies_between_newcombes_bounds(one: Share, other: Share, low, high) -> None:
    assert difference(one, other) == pytest.approx((low, high), abs=0.00005)


def test_nothing_counted_says_nothing() -> None:
    assert Share(0, 0).value == 0
    assert Share(0, 0).interval() == (0, 1)
    assert not differ(Share(0, 0), Share(50, 50))


def test_more_comparisons_ask_for_more() -> None:
    one, other = Share(60, 1000), Share(40, 1000)
    assert differ(one, other)
    assert not differ(one, other, comparisons=9)


shares = st.integers(1, 5000).flatmap(lambda of: st.builds(Share, st.integers(0, of), st.just(of)))


@given(shares)
def test_the_bounds_hold_the_share_itself(share: Share) -> None:
    low, high = share.interval()
    assert 0 <= low <= share.value + 1e-12
    assert share.value - 1e-12 <= high <= 1


@given(shares, shares)
def test_a_difference_has_no_direction(one: Share, other: Share) -> None:
    assert differ(one, other) == differ(other, one)
    assert not differ(one, one)


# --- In sentences ------------------------------------------------------------------------------------


def finding(name: str, shown: int, registered: int, subscribed: int = 0) -> Finding:
    return Finding(Variant(name=name), shown, Share(registered, shown), Share(subscribed, shown))


NO_DIFFERENCE = ["Chance alone could explain the differences."]


@pytest.mark.parametrize(
    ("findings", "said"),
    [
        ([finding("A", 0, 0), finding("B", 0, 0)], ["Nobody has met the wall in this experiment yet."]),
        ([finding("A", 100, 3), finding("B", 100, 5)], NO_DIFFERENCE),
        ([finding("A", 10, 0), finding("B", 0, 0)], NO_DIFFERENCE),
        (
            [finding("A", 10_000, 290), finding("B", 10_000, 410)],
            ["“B” registers more readers than “A”: 4.1% against 2.9%."],
        ),
        (
            [finding("A", 10_000, 410), finding("B", 10_000, 290)],
            ["“A” registers more readers than “B”: 4.1% against 2.9%."],
        ),
        (
            [finding("A", 5_000, 150, 10), finding("B", 5_000, 160, 40)],
            ["“B” wins more subscribers than “A”: 0.8% against 0.2%."],
        ),
    ],
)
def test_a_plain_sentence_says_what_it_shows(findings: list[Finding], said: list[str]) -> None:
    assert conclusions(findings) == said


def test_the_days_are_added_up(db: None) -> None:
    experiment = Experiment(name="Words")
    experiment.variants = [Variant(name="A"), Variant(name="B")]
    experiment.save()
    first, _second = experiment.variants.all()
    for day, outcome in ((1, "shown"), (1, "shown"), (2, "shown"), (2, "registered"), (3, "subscribed")):
        VariantCount.objects.add(first, date(2026, 11, day), Outcome(outcome))
    found = findings_of(experiment)
    assert [(f.variant.name, f.shown, f.registered, f.subscribed) for f in found] == [
        ("A", 3, Share(1, 3), Share(1, 3)),
        ("B", 0, Share(0, 0), Share(0, 0)),
    ]
    assert VariantCount.objects.count() == 3


def test_variants_that_open_different_numbers_of_articles_are_not_compared() -> None:
    none, five = finding("None free", 2000, 200), finding("Five free", 400, 100)
    none.variant.strangers, five.variant.strangers = 0, 5
    (said,) = conclusions([none, five])
    assert "different readers meet the wall" in said
