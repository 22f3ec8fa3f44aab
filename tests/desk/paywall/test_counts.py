"""The reports of what is read and of what the wall decided."""

import csv
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadsheet.editorial.models import Article
from broadsheet.insights.models import Counted, HourlyCount, Numbers
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.magazine import Magazine

OPENS, WALL = "/desk/reports/opens/", "/desk/reports/wall/"
NOW = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_half_past_three() -> Any:
    with clock.moved_to(NOW):
        yield


def count(article: Article, reason: str, decisions: int, opens: int, *, ago: timedelta = timedelta()) -> None:
    hour = (NOW - ago).replace(minute=0)
    tag = article.locale.language_code
    HourlyCount.objects.add({Counted(tag, hour, article.uuid, reason, 0): Numbers(decisions, opens)})


def table(response: Any) -> list[dict[str, str]]:
    """The rows of an exported table, by their headings."""
    return list(csv.DictReader(b"".join(response.streaming_content).decode().splitlines()))


def exported(person: Any, address: str, **query: str) -> list[dict[str, str]]:
    return table(signed_in(person).get(address, {"export": "csv"} | query))


def queries(client: Any, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.fixture
def read(magazine: Magazine) -> Magazine:
    """Reef an hour ago, orchard two days ago, ledger a fortnight ago, the foundry in the other edition."""
    count(magazine.article("reef"), "meter", 10, 10, ago=timedelta(hours=1))
    count(magazine.article("reef"), "register", 30, 0, ago=timedelta(hours=1))
    count(magazine.article("orchard"), "subscription", 40, 50, ago=timedelta(days=2))
    count(magazine.article("ledger"), "granted", 5, 70, ago=timedelta(days=14))
    count(magazine.article("foundry", "uk"), "subscription", 4, 3)
    count(magazine.article("meadow"), "register", 9, 0)
    return magazine


# --- Opens -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ("", [("Reef", "10"), ("Foundry", "3")]),
        ("24h", [("Reef", "10"), ("Foundry", "3")]),
        ("7d", [("Orchard", "50"), ("Reef", "10"), ("Foundry", "3")]),
        ("30d", [("Ledger", "70"), ("Orchard", "50"), ("Reef", "10"), ("Foundry", "3")]),
        ("forever", [("Reef", "10"), ("Foundry", "3")]),
    ],
)
def test_articles_stand_by_their_opens_in_the_span(read: Magazine, carla, span, expected) -> None:
    rows = exported(carla, OPENS, **({"span": span} if span else {}))
    assert [(row["Headline"], row["Opens"]) for row in rows] == expected


def test_an_edition_can_be_looked_at_alone(read: Magazine, carla) -> None:
    rows = exported(carla, OPENS, edition=str(read.uk.pk))
    assert [(row["Headline"], row["Edition"]) for row in rows] == [("Foundry", "UK")]


def test_an_article_in_two_editions_counts_in_each_for_itself(magazine: Magazine, carla) -> None:
    count(magazine.article("harbour", "us"), "meter", 2, 2)
    count(magazine.article("harbour", "uk"), "meter", 7, 7)
    assert [(row["Edition"], row["Opens"]) for row in exported(carla, OPENS)] == [("UK", "7"), ("US", "2")]


def test_the_chart_has_a_bar_for_each_hour(read: Magazine, carla) -> None:
    page = signed_in(carla).get(OPENS).text
    assert page.count('<svg class="plot-spark"') == 2
    assert page.count('<rect class="plot-1"') == 2 * 24
    assert "March 10, 2 p.m.: 10" in page
    assert "March 10, 1 p.m.: 0" in page


def test_a_headline_leads_to_what_the_wall_decided_on_it(read: Magazine, carla) -> None:
    client = signed_in(carla)
    assert f"{WALL}?headline=Reef&amp;span=24h" in client.get(OPENS).text
    assert "Wall: register" in client.get(f"{WALL}?headline=Reef&span=24h").text


def test_a_quiet_time_says_so(magazine: Magazine, carla) -> None:
    client = signed_in(carla)
    assert "Nothing was opened in this time." in client.get(OPENS).text
    assert "The wall decided nothing in this time." in client.get(WALL).text


# --- The wall ----------------------------------------------------------------------------------------


def test_verdicts_are_summed_by_reason_with_their_shares(read: Magazine, carla) -> None:
    response = signed_in(carla).get(WALL)
    totals = [
        (total.label, total.decisions, round(total.share), total.opens)
        for total in response.context["totals"]
    ]
    # In the order of the checks, whatever their numbers.
    assert totals == [
        ("Subscription", 4, 8, 3),
        ("Allowance left", 10, 19, 10),
        ("Wall: register", 39, 74, 0),
    ]
    assert "73.6" in response.text


def test_the_hours_are_plotted_above_their_table(read: Magazine, carla) -> None:
    page = signed_in(carla).get(WALL).text
    assert page.index("<title>Verdicts by the hour</title>") < page.index('<table class="listing totals"')
    assert "<title>2 p.m.: Wall 30, By right 0, Allowance, or opened before 10</title>" in page
    assert "<title>1 p.m.: Wall 0, By right 0, Allowance, or opened before 0</title>" in page
    assert "<title>Verdicts by the day</title>" in signed_in(carla).get(WALL, {"span": "7d"}).text


def test_the_plot_leaves_out_no_verdict(magazine: Magazine, carla) -> None:
    for reason in ("crawler", "coupon", "meter"):
        count(magazine.article("reef"), reason, 3, 0)
    page = signed_in(carla).get(WALL).text
    assert "<title>3 p.m.: Allowance, or opened before 3, Robots and others 6</title>" in page


def test_verdicts_are_listed_by_the_hour_and_the_newest_first(read: Magazine, carla) -> None:
    rows = exported(carla, WALL)
    assert len(rows) == 24
    assert [row["Verdicts"] for row in rows[:3]] == ["13", "40", "0"]
    assert rows[1]["Wall: register"] == "30"
    assert rows[1]["Opens"] == "10"


@pytest.mark.parametrize(("span", "days", "verdicts"), [("7d", 7, 93), ("30d", 30, 98)])
def test_longer_spans_are_listed_by_the_day(read: Magazine, carla, span, days, verdicts) -> None:
    rows = exported(carla, WALL, span=span)
    assert len(rows) == days
    assert sum(int(row["Verdicts"]) for row in rows) == verdicts
    assert int(rows[0]["Verdicts"]) == 53


@pytest.mark.parametrize(
    ("query", "verdicts"),
    [({"headline": "reef"}, 40), ({"headline": " MEADOW "}, 9), ({"headline": "no such"}, 0)],
)
def test_an_article_can_be_looked_at_alone(read: Magazine, carla, query, verdicts) -> None:
    assert sum(int(row["Verdicts"]) for row in exported(carla, WALL, **query)) == verdicts


def test_an_editions_verdicts_can_be_looked_at_alone(read: Magazine, carla) -> None:
    rows = exported(carla, WALL, edition=str(read.uk.pk))
    assert sum(int(row["Verdicts"]) for row in rows) == 4


def test_a_reason_that_is_no_more_is_still_listed(magazine: Magazine, carla) -> None:
    count(magazine.article("reef"), "coupon", 3, 0)
    assert exported(carla, WALL)[0]["coupon"] == "3"


def test_a_day_is_one_of_the_viewers_own(magazine: Magazine, carla) -> None:
    from wagtail.users.models import UserProfile

    profile = UserProfile.get_for_user(carla)
    profile.current_time_zone = "Asia/Tokyo"
    profile.save()
    count(magazine.article("reef"), "meter", 6, 6, ago=timedelta(minutes=45))
    # A quarter to three in London is a quarter to midnight in Tokyo: still yesterday there.
    assert [row["Verdicts"] for row in exported(carla, WALL, span="7d")][:2] == ["0", "6"]


# --- Both --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [OPENS, WALL])
def test_who_sees_them(magazine: Magazine, carla, edith, greta, dev, farid, address) -> None:
    for person in (carla, edith, greta):
        assert signed_in(person).get(address).status_code == 200
        # Wagtail's menu is drawn by its script.
        assert f'"url": "{address}"' in signed_in(person).get("/desk/").text
    for person in (dev, farid):
        assert signed_in(person).get(address).status_code != 200
        assert signed_in(person).get(f"{address}results/").status_code != 200


@pytest.mark.parametrize("address", [OPENS, WALL])
def test_it_asks_the_database_no_more_for_more(magazine: Magazine, carla, address) -> None:
    client, taken = signed_in(carla), []
    for numbers in (range(3), range(3, 12)):
        for number in numbers:
            article = magazine.publish(f"wave-{number}")
            for hours in range(3):
                count(article, "meter", 2, 2, ago=timedelta(hours=hours))
        taken.append(queries(client, address))
    assert taken[0] == taken[1]
