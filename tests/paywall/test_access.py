"""Which access an article has, and who says so."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Article, Kind, Publication, Section, Topic
from broadsheet.paywall.access import ruling
from broadsheet.paywall.models import AccessRule
from tests.magazine import PRINTED, Magazine

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def rule(access: str = "free", **conditions: object) -> AccessRule:
    """A rule after those there are."""
    return AccessRule.objects.create(access=access, position=AccessRule.objects.count(), **conditions)


def decided(article: Article, at: datetime | None = None) -> tuple[str, object]:
    found = ruling(Article.objects.get(pk=article.pk), at)
    return found.access.value, found.by


def test_the_publication_decides_where_nothing_else_does(magazine: Magazine) -> None:
    found = ruling(magazine.article("reef"))
    assert (found.access, found.by) == (Access.METERED, Publication.load())
    assert found.because == "the publication’s own"


def test_the_section_comes_before_the_publication(magazine: Magazine) -> None:
    found = ruling(magazine.free)
    assert (found.access, found.by) == (Access.FREE, magazine.section("good-news"))
    assert found.because == "set on the section Good News"


def test_a_rule_comes_before_the_section(magazine: Magazine) -> None:
    made = rule("subscribers", section=magazine.section("good-news"))
    assert decided(magazine.free) == ("subscribers", made)


def test_the_articles_own_access_comes_before_every_rule(magazine: Magazine) -> None:
    rule("free")
    article = magazine.for_subscribers
    assert decided(article) == ("subscribers", article)
    assert ruling(article).because == "set on the article itself"


def test_the_first_rule_that_matches_decides(magazine: Magazine) -> None:
    rule("free", kind=Kind.OPINION)
    second = rule("subscribers", section=magazine.section("world"))
    rule("free")
    assert decided(magazine.article("reef")) == ("subscribers", second)


def test_moving_a_rule_up_makes_it_decide(magazine: Magazine) -> None:
    rule("subscribers", section=magazine.section("world"))
    later = rule("free")
    AccessRule.objects.filter(pk=later.pk).update(position=0)
    AccessRule.objects.exclude(pk=later.pk).update(position=1)
    assert decided(magazine.article("reef")) == ("free", later)


@pytest.mark.parametrize(("kind", "access"), [("news", "metered"), ("opinion", "subscribers")])
def test_a_rule_may_be_about_a_kind(magazine: Magazine, kind: str, access: str) -> None:
    rule("subscribers", kind=Kind.OPINION)
    Article.objects.filter(slug="reef").update(kind=kind)
    assert decided(magazine.article("reef"))[0] == access


def test_a_rule_may_be_about_a_topic(magazine: Magazine) -> None:
    rule("free", topic=Topic.objects.get(slug="oceans"))
    assert decided(magazine.article("reef"))[0] == "free"
    assert decided(magazine.article("observatory"))[0] == "metered"


def test_all_conditions_of_a_rule_must_hold(magazine: Magazine) -> None:
    rule("free", kind=Kind.OPINION, section=magazine.section("world"))
    assert decided(magazine.article("reef"))[0] == "metered"


@pytest.mark.parametrize(
    ("age", "access"), [(30 * DAY - SECOND, "metered"), (30 * DAY, "subscribers"), (300 * DAY, "subscribers")]
)
def test_older_than_begins_on_the_second(magazine: Magazine, age: timedelta, access: str) -> None:
    rule("subscribers", older_than=30)
    article = magazine.article("harbour")
    assert decided(article, article.first_published_at + age)[0] == access


@pytest.mark.parametrize(
    ("age", "access"), [(timedelta(), "free"), (2 * DAY - SECOND, "free"), (2 * DAY, "metered")]
)
def test_younger_than_ends_on_the_second(magazine: Magazine, age: timedelta, access: str) -> None:
    rule("free", younger_than=2)
    article = magazine.article("harbour")
    assert decided(article, article.first_published_at + age)[0] == access


def test_a_draft_is_of_no_age(magazine: Magazine) -> None:
    rule("free", younger_than=1)
    assert decided(magazine.draft, datetime(2036, 1, 1, tzinfo=UTC))[0] == "free"


def test_a_shared_copy_goes_by_the_section_where_the_article_began(magazine: Magazine) -> None:
    at_home = rule("subscribers", section=magazine.section("world", "us"))
    assert decided(magazine.article("harbour", "us")) == ("subscribers", at_home)
    assert decided(magazine.article("harbour", "uk")) == ("subscribers", at_home)


def test_a_rule_about_the_other_editions_section_leaves_the_copy_alone(magazine: Magazine) -> None:
    rule("subscribers", section=magazine.section("world", "uk"))
    assert decided(magazine.article("harbour", "uk"))[0] == "metered"


def test_rules_that_are_given_are_not_asked_for(magazine: Magazine) -> None:
    rule("free")
    article = magazine.article("reef")
    rules = list(AccessRule.objects.all())
    ruling(article, rules=rules)
    with CaptureQueriesContext(connection) as asked:
        assert ruling(article, rules=rules).access == "free"
    assert len(asked) == 0


def test_a_rule_says_its_conditions_in_words(magazine: Magazine) -> None:
    made = rule("subscribers", kind="opinion", section=magazine.section("ideas"), older_than=30)
    assert made.conditions == "Opinion, in Ideas US, older than 30 days"
    assert rule().conditions == "Every article"
    assert ruling(magazine.article("reef")).because == "by the rule “Every article”"


def test_an_age_that_no_article_has_is_refused(magazine: Magazine) -> None:
    with pytest.raises(ValidationError, match="as old as this and as young"):
        AccessRule(access="free", older_than=30, younger_than=30).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        rule("free", older_than=30, younger_than=7)


# --- How many articles each decides ------------------------------------------------------------------


def test_articles_are_counted_with_the_rule_that_decides_them(magazine: Magazine) -> None:
    opinion = rule("subscribers", kind=Kind.OPINION)
    oceans = rule("free", topic=Topic.objects.get(slug="oceans"))
    nothing = rule("free", section=magazine.section("ideas", "uk"))
    Article.objects.filter(slug__in=["reef", "foundry"]).update(kind="opinion")
    found = AccessRule.objects.decided()
    assert found.by_rule == {opinion.pk: 2, oceans.pk: 7}
    assert nothing.pk not in found.by_rule
    assert (found.by_itself, found.by_section) == (1, 2)


def random_rules(magazine: Magazine, chance: Random) -> None:
    for _ in range(chance.randint(1, 6)):
        older = chance.choice([None, None, 1, 4, 20])
        rule(
            chance.choice(Access.values),
            kind=chance.choice(["", "", "news", "opinion"]),
            section=chance.choice([None, None, *Section.objects.order_by("path")]),
            topic=chance.choice([None, None, *Topic.objects.order_by("pk")]),
            older_than=older,
            younger_than=chance.choice([None, None, (older or 0) + chance.randint(1, 9)]),
        )


@pytest.mark.parametrize("seed", range(12))
def test_the_database_counts_as_the_ruling_decides(magazine: Magazine, seed: int) -> None:
    random_rules(magazine, Random(seed))  # noqa: S311 (no secret)
    at = PRINTED + timedelta(days=seed % 4, seconds=seed % 2)
    expected: dict[int, int] = {}
    for article in Article.objects.live().originals():
        by = ruling(article, at).by
        if isinstance(by, AccessRule):
            expected[by.pk] = expected.get(by.pk, 0) + 1
    assert AccessRule.objects.decided(at).by_rule == expected


def test_counting_takes_as_many_queries_for_more_articles(magazine: Magazine) -> None:
    taken = []
    for numbers in (range(2), range(2, 9)):
        for number in numbers:
            rule("free", section=magazine.section("world"), kind="opinion")
            magazine.publish(f"wave-{number}")
        with CaptureQueriesContext(connection) as asked:
            AccessRule.objects.decided()
        taken.append(len(asked))
    assert taken == [2, 2]
