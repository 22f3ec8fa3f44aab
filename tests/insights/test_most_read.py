from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.editorial.models import Article, Correction
from broadsheet.insights.models import Counted, HourlyCount, Numbers
from broadsheet.insights.most_read import most_read
from broadsheet.platform import clock, kept
from tests.magazine import Magazine


def let_read(article: Article, times: int, *, hours_ago: float = 1, edition: str = "", **of: str) -> None:
    hour = clock.now() - timedelta(hours=hours_ago)
    tag = edition or article.locale.language_code
    counted = Counted(tag, hour, article.uuid, of.get("reason", "meter"), 0)
    HourlyCount.objects.add({counted: Numbers(decisions=times * 3, opens=times)})


def slugs(magazine: Magazine, edition: str = "us", **options: int) -> list[str]:
    return [article.slug for article in most_read(magazine.edition(edition).locale, **options)]


def test_the_most_opened_of_the_last_day_stands_first(magazine: Magazine) -> None:
    for slug, times in (("reef", 3), ("orchard", 9), ("ledger", 5)):
        let_read(magazine.article(slug), times)
    let_read(magazine.article("reef"), 3, hours_ago=2, reason="subscription")
    assert slugs(magazine) == ["orchard", "reef", "ledger"]


def test_a_full_list_is_the_last_days_alone(magazine: Magazine) -> None:
    let_read(magazine.article("reef"), 2)
    let_read(magazine.article("orchard"), 1)
    let_read(magazine.article("ledger"), 90, hours_ago=25)
    assert slugs(magazine, limit=2) == ["reef", "orchard"]


def test_where_a_day_has_too_few_the_week_counts(magazine: Magazine) -> None:
    let_read(magazine.article("reef"), 2)
    let_read(magazine.article("orchard"), 90, hours_ago=6 * 24)
    let_read(magazine.article("ledger"), 900, hours_ago=8 * 24)
    assert slugs(magazine) == ["orchard", "reef"]


def test_verdicts_alone_are_no_opens(magazine: Magazine) -> None:
    hour = clock.now() - timedelta(hours=1)
    counted = Counted("en-us", hour, magazine.article("reef").uuid, "register", 0)
    HourlyCount.objects.add({counted: Numbers(decisions=50)})
    assert slugs(magazine) == []


def test_each_edition_has_its_own_list(magazine: Magazine) -> None:
    let_read(magazine.article("harbour"), 5, edition="en-gb")
    let_read(magazine.article("reef"), 5)
    assert slugs(magazine, "us") == ["reef"]
    assert slugs(magazine, "uk") == ["harbour"]


def test_what_is_not_in_the_edition_withdrawn_or_retracted_is_left_out(magazine: Magazine) -> None:
    let_read(magazine.article("foundry", "uk"), 9, edition="en-us")
    let_read(magazine.draft, 9)
    for slug in ("reef", "orchard", "ledger", "lantern"):
        let_read(magazine.article(slug), 5)
    let_read(magazine.article("harbour"), 5, edition="en-gb")
    magazine.article("reef").unpublish()
    magazine.article("orchard").correct("It never happened.", kind=Correction.Kind.RETRACTION)
    magazine.article("ledger").correct("It was a Tuesday.")
    magazine.article("harbour").correct("It never happened.", kind=Correction.Kind.RETRACTION)
    assert set(slugs(magazine)) == {"ledger", "lantern"}
    assert slugs(magazine, "uk") == []


@pytest.mark.parametrize("count", [5, 15])
def test_it_takes_as_many_queries_however_much_was_read(magazine: Magazine, count: int) -> None:
    for number in range(count):
        article = magazine.publish(f"wave-{number}")
        for hours_ago in (1, 2, 30):
            let_read(article, number + 1, hours_ago=hours_ago)
    locale = magazine.us.locale
    most_read(locale)  # reads what is the same for all
    with CaptureQueriesContext(connection) as asked:
        assert len(most_read(locale)) == 5
    # The counts, the articles.
    assert len(asked) == 2


def test_it_asks_no_more_for_more(magazine: Magazine) -> None:
    taken = []
    for found in (magazine.metered()[:1], magazine.metered()[1:5]):
        for article in found:
            let_read(article, 2)
        most_read(found[0].locale)  # what is asked once and remembered
        with CaptureQueriesContext(connection) as asked:
            assert most_read(found[0].locale)
        taken.append(len(asked))
    # With one there is a second look, at the week: the counts, the articles.
    assert taken[1] == taken[0] - 2


def test_the_front_shows_it_and_hides_an_empty_one(
    magazine: Magazine, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Most read" not in client.get("/").text
    let_read(magazine.article("viaduct"), 5)
    # It is counted anew once a minute.
    assert "Most read" not in client.get("/").text
    monkeypatch.setattr(kept, "LONGEST", 0.0)
    page = client.get("/").text
    assert page.index("Most read") < page.rindex('href="/world/viaduct/"')
    assert "Most read" not in client.get("/uk/").text
    assert "Most read" not in client.get("/world/").text
