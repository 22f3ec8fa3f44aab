"""The digest's choice of articles, for any articles and any rule."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.newsletters.digest.assembly import Candidate, Chosen, Rule, assemble
from tests.examples import many

MORNING = datetime(2026, 3, 3, 6, tzinfo=UTC)


def uuid(number: int) -> UUID:
    return UUID(int=number)


def article(number: int, **values: object) -> Candidate:
    defaults = {
        "article": number,
        "uuid": uuid(number),
        "published_at": MORNING - timedelta(hours=number),
        "section": 1,
        "kind": "news",
    }
    return Candidate(**(defaults | values))  # type: ignore[arg-type]


numbers = st.integers(0, 12)
candidates = st.lists(
    st.builds(
        Candidate,
        article=numbers,
        uuid=numbers.map(uuid),
        published_at=numbers.map(lambda hours: MORNING - timedelta(hours=hours)),
        section=st.integers(1, 3),
        kind=st.sampled_from(["news", "opinion"]),
        topics=st.frozensets(st.integers(1, 3), max_size=2),
        rank=st.none() | st.integers(0, 3),
        is_bright=st.booleans(),
    ),
    max_size=14,
    unique_by=lambda one: one.article,
)
rules = st.builds(
    Rule,
    at_most=st.integers(1, 6),
    sections=st.frozensets(st.integers(1, 3), max_size=2),
    kinds=st.frozensets(st.sampled_from(["news", "opinion"]), max_size=1),
    topics=st.frozensets(st.integers(1, 3), max_size=2),
    has_lead=st.booleans(),
    is_bright_last=st.booleans(),
)


@many
@given(candidates, rules, st.sets(numbers.map(uuid), max_size=5), st.randoms(use_true_random=False))
def test_whatever_there_is_a_digest_keeps_its_rule(
    found: list[Candidate], rule: Rule, mailed: set[UUID], chance: object
) -> None:
    chosen = assemble(found, rule, mailed)
    by_pk = {one.article: one for one in found}
    articles = [by_pk[one.article] for one in chosen]
    fitting = {one.uuid for one in found if rule.takes(one)} - mailed

    assert len({one.uuid for one in articles}) == len(articles), "none twice"
    assert {one.uuid for one in articles} <= fitting, "none that was mailed, none that the rule leaves out"
    assert len(articles) == min(rule.at_most, len(fitting)), "as many as there are, up to the limit"
    assert [one.is_lead for one in chosen] == [rule.has_lead and place == 0 for place in range(len(chosen))]
    if rule.is_bright_last:
        bright = [one.is_bright for one in articles]
        assert bright == sorted(bright), "good news comes last"

    shuffled = list(found)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert assemble(shuffled, rule, mailed) == chosen, "in whatever order the rows come"
    assert not set(assemble(found, rule, mailed | {one.uuid for one in articles})) & set(chosen)


def test_the_front_page_comes_first_then_the_newest() -> None:
    found = [article(1), article(2), article(3, rank=1), article(4, rank=0)]
    assert assemble(found, Rule(at_most=3)) == [Chosen(4, True), Chosen(3, False), Chosen(1, False)]


def test_good_news_has_a_place_even_where_there_is_news_enough() -> None:
    found = [article(1), article(2), article(3), article(4, is_bright=True)]
    assert [one.article for one in assemble(found, Rule(at_most=2))] == [1, 4]


def test_an_article_in_both_editions_comes_once() -> None:
    assert len(assemble([article(1), article(2, uuid=uuid(1))], Rule(at_most=5))) == 1


def test_nothing_new_is_an_empty_digest() -> None:
    assert assemble([article(1)], Rule(at_most=5), mailed={uuid(1)}) == []
