"""Lists by author and by topic."""

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
