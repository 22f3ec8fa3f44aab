"""The one sentence that says why the wall is there."""

import pytest
from django.test import Client

from broadsheet.editorial.models import Article
from broadsheet.people.models import Person
from tests.magazine import Magazine


def opened(client: Client, article: Article) -> str:
    answer = client.post(f"/read/{article.uuid}", headers={"Accept": "application/json"})
    return " ".join(answer.json()["html"].split())


def test_a_stranger_has_read_the_free_article(magazine: Magazine, client: Client) -> None:
    first, second = magazine.metered()[:2]
    opened(client, first)
    wall = opened(client, second)
    assert "You have read your free article this month." in wall
    assert "read 5 articles a month, free" in wall


def test_the_form_leads_back_to_the_article(magazine: Magazine, client: Client) -> None:
    first, second = magazine.metered()[:2]
    opened(client, first)
    wall = opened(client, second)
    assert 'action="/account/start/"' in wall
    assert f'value="{second.get_url()}"' in wall
    assert f'value="{second.uuid}"' in wall
    assert "csrfmiddlewaretoken" not in wall


def test_an_article_for_subscribers_says_so(magazine: Magazine, client: Client) -> None:
    assert "This article is for subscribers." in opened(client, magazine.for_subscribers)


def test_a_reader_is_told_when_the_count_begins_again(
    magazine: Magazine, client: Client, ada: Person
) -> None:
    client.force_login(ada)
    *read, last = magazine.metered()[:6]
    for article in read:
        opened(client, article)
    wall = opened(client, last)
    assert "You have read your 5 articles in " in wall
    assert "Your count begins again on" in wall
    assert "Your e-mail address" not in wall


@pytest.mark.parametrize("path", ["/world/harbour/", "/ideas/index/"])
def test_no_word_of_the_wall_stands_in_a_public_page(magazine: Magazine, client: Client, path: str) -> None:
    page = client.get(path).text
    assert "broadsheet-slot" in page
    assert "wall-title" not in page
