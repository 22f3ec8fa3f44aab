"""Lists by author and by topic, and the archive."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from broadsheet.site.discovery import listings
from tests.magazine import METERED, Magazine


def slugs(client: Client, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200
    return [article.slug for article in response.context["articles"]]


def test_an_authors_articles_stand_newest_first(magazine: Magazine, client: Client) -> None:
    found = slugs(client, "/authors/nell-abernathy/")
    assert found[:8] == list(METERED)


def test_a_shared_article_is_listed_once_in_each_edition(magazine: Magazine, client: Client) -> None:
    for address in (
        "/authors/nell-abernathy/",
        "/uk/authors/nell-abernathy/",
        "/topics/oceans/",
        "/uk/topics/oceans/",
    ):
        assert slugs(client, address).count("harbour") == 1


def test_a_list_shows_the_editions_own_copy(magazine: Magazine, client: Client) -> None:
    response = client.get("/uk/authors/nell-abernathy/")
    assert 'href="/uk/world/harbour/"' in response.text
    assert 'href="/world/harbour/"' not in response.text.partition("<footer")[0].partition("<main")[2]


def test_an_author_without_articles_has_a_page(magazine: Magazine, client: Client) -> None:
    assert slugs(client, "/authors/samuel-osei/") == []


@pytest.mark.parametrize(
    "address", ["/authors/nobody/", "/topics/nothing/", "/authors/Ünicode/", "/topics/a b/"]
)
def test_nobody_and_nothing_are_not_there(magazine: Magazine, client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_long_lists_have_pages(magazine: Magazine, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listings, "PAGE_LENGTH", 5)
    found = [slugs(client, f"/topics/oceans/?page={page}") for page in (1, 2)]
    assert [len(page) for page in found] == [5, 3]
    assert set(found[0] + found[1]) == set(METERED)
    assert client.get("/topics/oceans/?page=3").status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "2", "x", "", "1.5", "99999999999999999999"])
def test_pages_that_are_not_there(magazine: Magazine, client: Client, page: str) -> None:
    assert client.get(f"/topics/oceans/?page={page}").status_code == 404


# --- The archive -------------------------------------------------------------------------------------


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
    "month",
    [
        "2026/13",
        "2026/00",
        "2026/3",
        "0000/01",
        "9999/12",
        "2999/12",
        "1000/01",
        "26/03",
        "2026/03/01",
        "٢٠٢٦/٠٣",
    ],
)
def test_months_that_are_not_there(magazine: Magazine, client: Client, month: str) -> None:
    assert client.get(f"/archive/{month}/").status_code == 404
