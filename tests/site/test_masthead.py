"""The head of every page: what is in reach, and for whom."""

import re

import pytest
from django.test import Client

from broadsheet.people.models import Person
from tests.cast import signed_in
from tests.magazine import Magazine

# The same on any database.
pytestmark = pytest.mark.sqlite

PAGES = ["/", "/world/", "/world/harbour/", "/topics/oceans/", "/search/", "/account/", "/uk/world/harbour/"]
OPEN_TO_ALL = [page for page in PAGES if page != "/account/"]


def masthead(client: Client, address: str) -> str:
    found = re.search(r"<header class=\"masthead.*?</header>", client.get(address).text, re.DOTALL)
    assert found, address
    return found[0]


@pytest.mark.parametrize("address", OPEN_TO_ALL)
def test_search_and_every_section_and_edition_are_in_the_head(magazine: Magazine, address: str) -> None:
    prefix = "/uk" if address.startswith("/uk/") else ""
    head = masthead(Client(), address)
    menu = head[head.index("<details") : head.index("</details>")]
    assert f'href="{prefix}/search/"' in head
    for slug in ("world", "science", "ideas", "good-news"):
        assert f'href="{prefix}/{slug}/"' in menu
    assert 'hreflang="en-US"' in menu
    assert 'hreflang="en-GB"' in menu


@pytest.mark.parametrize("address", PAGES)
def test_a_reader_without_a_subscription_is_offered_one(
    magazine: Magazine, ada: Person, address: str
) -> None:
    assert ">Subscribe</a>" in masthead(signed_in(ada), address)


@pytest.mark.parametrize("address", PAGES)
def test_a_subscriber_and_the_staff_are_offered_none(
    magazine: Magazine, bruno: Person, carla: Person, address: str
) -> None:
    for person in (bruno, carla):
        assert ">Subscribe</a>" not in masthead(signed_in(person), address)


def test_a_subscriber_is_known_by_the_cookie_that_an_article_left(magazine: Magazine, bruno: Person) -> None:
    browser = signed_in(bruno)
    browser.get("/world/harbour/")
    assert "broadsheet_entitlement" in browser.cookies
    assert ">Subscribe</a>" not in masthead(browser, "/world/")
