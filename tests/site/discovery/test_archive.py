"""The archive: all that an edition has published, by year, month and day of its own clock."""

import json
import re
from datetime import UTC, date, datetime

import pytest
from django.conf import settings
from django.test import Client

from broadsheet.site.discovery import calendar
from tests.magazine import Magazine


def slugs(client: Client, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200
    return [article.slug for article in response.context["articles"]]


def test_months_begin_and_end_where_the_edition_is(magazine: Magazine, client: Client) -> None:
    """04:30 UTC on 1 January is still December in New York and long January in London."""
    at = datetime(2025, 1, 1, 4, 30, tzinfo=UTC)
    magazine.publish("midnight", at=at)
    magazine.publish("noon", edition="uk", at=at)
    assert slugs(client, "/archive/2024/12/") == ["midnight"]
    assert client.get("/archive/2025/01/").status_code == 404
    assert slugs(client, "/uk/archive/2025/01/") == ["noon"]
    assert client.get("/uk/archive/2024/12/").status_code == 404


def test_a_month_ends_before_the_first_moment_of_the_next(magazine: Magazine, client: Client) -> None:
    magazine.publish("last", edition="uk", at=datetime(2024, 2, 29, 23, 59, 59, 999999, tzinfo=UTC))
    magazine.publish("first", edition="uk", at=datetime(2024, 3, 1, tzinfo=UTC))
    assert slugs(client, "/uk/archive/2024/02/") == ["last"]
    assert slugs(client, "/uk/archive/2024/03/") == ["first"]


def test_the_archive_counts_each_month(magazine: Magazine, client: Client) -> None:
    months = client.get("/archive/").context["months"]
    assert [(f"{month:%Y-%m}", count) for month, count in months] == [("2026-03", 2), ("2026-02", 9)]


def test_a_month_is_divided_into_days(magazine: Magazine, client: Client) -> None:
    days = client.get("/archive/2026/03/").context["days"]
    assert [(day.isoformat(), [a.slug for a in articles]) for day, articles in days] == [
        ("2026-03-02", ["harbour"]),
        ("2026-03-01", ["reef"]),
    ]


@pytest.mark.parametrize(
    "time",
    [
        "2026/13",
        "2026/00",
        "2026/3",
        "0000/01",
        "9999/12",
        "2999/12",
        "1000/01",
        "26/03",
        "2026/03/1",
        "2026/02/30",
        "2026/03/32",
        "2026/03/08",
        "1999",
        "9999",
        "٢٠٢٦/٠٣",
    ],
)
def test_times_in_which_nothing_came_are_not_there(magazine: Magazine, client: Client, time: str) -> None:
    assert client.get(f"/archive/{time}/").status_code == 404


def days(client: Client, address: str) -> dict[str, str]:
    """What each link of a calendar leads to, by what it is called."""
    page = client.get(address).text.partition("<main")[2].partition("</main")[0]
    found = re.findall(
        r'<a href="([^"]+)"><span aria-hidden="true">.*?visually-hidden"\s*>([^<]+)<', page, re.S
    )
    return {name: address for address, name in found}


def test_a_year_is_a_calendar_of_its_months(magazine: Magazine, client: Client) -> None:
    response = client.get("/archive/2026/")
    assert [month.first.month for month in response.context["months"]] == [2, 3]
    assert "11 articles in the US edition" in response.text
    links = days(client, "/archive/2026/")
    assert len(links) == 9
    assert links["March 2: 1 article"] == "/archive/2026/03/02/"
    assert links["February 10: 3 articles"] == "/archive/2026/02/10/"


def test_a_month_has_a_calendar_of_its_days(magazine: Magazine, client: Client) -> None:
    assert list(days(client, "/archive/2026/03/")) == ["March 1: 1 article", "March 2: 1 article"]


def test_a_day_lists_what_came_on_it_and_leads_to_its_neighbours(magazine: Magazine, client: Client) -> None:
    response = client.get("/archive/2026/03/01/")
    assert [article.slug for article in response.context["articles"]] == ["reef"]
    assert (response.context["previous"], response.context["next"]) == (date(2026, 2, 28), date(2026, 3, 2))
    assert client.get("/archive/2026/03/02/").context["next"] is None


def test_days_belong_to_the_editions_zone(magazine: Magazine, client: Client) -> None:
    """04:30 UTC on 1 January is still last year in New York and long this one in London."""
    at = datetime(2025, 1, 1, 4, 30, tzinfo=UTC)
    magazine.publish("midnight", at=at)
    magazine.publish("noon", edition="uk", at=at)
    assert slugs(client, "/archive/2024/12/31/") == ["midnight"]
    assert slugs(client, "/uk/archive/2025/01/01/") == ["noon"]
    assert list(days(client, "/archive/2024/")) == ["December 31: 1 article"]
    assert list(days(client, "/uk/archive/2025/")) == ["1 January: 1 article"]
    assert client.get("/archive/2025/").status_code == 404


def test_a_day_without_midnight_begins_when_it_begins(magazine: Magazine, client: Client) -> None:
    """In Santiago the clocks go from 24:00 to 01:00: 6 September 2026 has no midnight."""
    edition = magazine.us
    edition.time_zone = "America/Santiago"
    edition.save()
    magazine.publish("spring", at=datetime(2025, 9, 7, 4, 0, tzinfo=UTC))
    assert slugs(client, "/archive/2025/09/07/") == ["spring"]
    assert list(days(client, "/archive/2025/09/")) == ["September 7: 1 article"]


def test_years_lead_to_those_before_and_after_that_hold_anything(magazine: Magazine, client: Client) -> None:
    magazine.publish("old", at=datetime(2019, 6, 1, 12, tzinfo=UTC))
    context = client.get("/archive/2019/").context
    assert (context["previous"], context["next"]) == (None, 2026)
    assert client.get("/archive/2026/").context["previous"] == 2019


def test_weeks_begin_as_the_language_has_it(magazine: Magazine, client: Client) -> None:
    for address, first in {"/archive/2026/": "Sunday", "/uk/archive/2026/": "Monday"}.items():
        assert client.get(address).context["weekdays"][0][1] == first


def test_what_is_published_today_stands_in_the_calendar_at_once(magazine: Magazine, client: Client) -> None:
    assert "February 3: 1 article" not in days(client, "/archive/2026/")
    magazine.publish("sluice", at=datetime(2026, 2, 3, 12, tzinfo=UTC))
    assert "February 3: 1 article" in days(client, "/archive/2026/")


def test_every_day_of_a_month_stands_in_its_week(magazine: Magazine) -> None:
    month = calendar.month_of({date(2026, 2, 10): 3}, 2026, 2)
    shown = [day.date.day for week in month.weeks for day in week if day]
    assert shown == list(range(1, 29))
    assert month.count == 3


def test_the_way_down_to_a_day_is_named_for_search_engines(magazine: Magazine, client: Client) -> None:
    response = client.get("/archive/2026/03/01/")
    head = response.context["head"]
    (trail,) = json.loads(head.json_ld)["@graph"]
    assert [step["item"].removeprefix(settings.PUBLIC_URL) for step in trail["itemListElement"]] == [
        "/archive/",
        "/archive/2026/",
        "/archive/2026/03/",
        "/archive/2026/03/01/",
    ]
    assert head.alternates == []
