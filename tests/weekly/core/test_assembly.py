"""Which articles an issue has by rule, for any articles."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.weekly.assembly import Candidate, assemble
from broadsheet.weekly.content import Length
from tests.examples import many

FRIDAY = datetime(2026, 3, 6, 6, tzinfo=UTC)


def uuid(number: int) -> UUID:
    return UUID(int=number)


def article(number: int, **values: object) -> Candidate:
    defaults = {
        "article": number,
        "uuid": uuid(number),
        "published_at": FRIDAY - timedelta(hours=number),
        "section": 1,
        "order": 1,
        "kind": "news",
    }
    return Candidate(**(defaults | values))  # type: ignore[arg-type]


numbers = st.integers(0, 12)
candidates = st.lists(
    st.builds(
        lambda number, section, **values: article(
            number, section=section, order=section, is_bright=section == 2, **values
        ),
        numbers,
        st.integers(1, 3),
        kind=st.sampled_from(["news", "briefing", "live"]),
        rank=st.none() | st.integers(0, 3),
    ),
    max_size=14,
    unique_by=lambda one: one.article,
)


@many
@given(candidates, st.sets(numbers.map(uuid), max_size=3), st.integers(1, 8))
def test_an_issue_has_nothing_twice_and_good_news_last(
    found: list[Candidate], known: set[UUID], at_most: int
) -> None:
    by_number = {one.article: one for one in found}
    chosen = [by_number[one.article] for one in assemble(found, known, at_most)]
    fresh = [one for one in found if one.uuid not in known]
    assert len({one.uuid for one in chosen}) == len(chosen) == min(at_most, len(fresh))
    assert known.isdisjoint(one.uuid for one in chosen)
    places = [(one.is_bright, one.order, one.kind == "briefing") for one in chosen]
    assert places == sorted(places)
    if at_most > 1 and any(one.is_bright for one in fresh):
        assert chosen[-1].is_bright


def test_the_lead_of_the_front_comes_first_in_its_department() -> None:
    chosen = assemble(
        [article(1), article(2, rank=1), article(3, rank=0), article(4, kind="briefing", rank=2)]
    )
    assert [one.article for one in chosen] == [3, 2, 1, 4]


def test_briefings_are_short_and_live_coverages_in_their_standfirst() -> None:
    chosen = assemble([article(1), article(2, kind="briefing"), article(3, kind="live")])
    assert {one.article: one.length for one in chosen} == {
        1: Length.FULL,
        2: Length.SHORT,
        3: Length.STANDFIRST,
    }
