"""Two tabs, two devices, one read left: real requests at the same time, on whatever database there is."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from broadsheet.editorial.models import Article
from broadsheet.paywall.models import Grant
from tests.cast import introduce
from tests.magazine import Magazine

AS_SCRIPT = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
TABS = 6

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tabs(magazine: Magazine) -> list[Client]:
    """Browsers in which Ada is signed in, on devices of their own."""
    ada = introduce("Ada Brandt", "ada@reader.example")
    clients = [Client() for _ in range(TABS)]
    for client in clients:
        client.force_login(ada)
    return clients


def verdicts(tabs: list[Client], articles: list[Article]) -> list[str]:
    """Of one post for each article, from a tab of its own, all at once."""

    def read(tab: Client, article: Article) -> str:
        try:
            return tab.post(f"/read/{article.uuid}", headers=AS_SCRIPT).json()["verdict"]
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tabs)) as pool:
        asked = [pool.submit(read, tab, article) for tab, article in zip(tabs, articles, strict=True)]
        return [each.result() for each in asked]


def test_different_articles_in_many_tabs_with_one_read_left_open_one(
    magazine: Magazine, tabs: list[Client]
) -> None:
    articles = magazine.metered()
    for article in articles[:2]:
        tabs[0].post(f"/read/{article.uuid}", headers=AS_SCRIPT)
    _leave_three()
    found = verdicts(tabs, articles[2:8])
    assert sorted(found) == ["meter", *["subscribe"] * (TABS - 1)]
    assert Grant.objects.count() == 3


def test_the_same_article_in_many_tabs_is_one(magazine: Magazine, tabs: list[Client]) -> None:
    reef = magazine.article("reef")
    found = verdicts(tabs, [reef] * TABS)
    assert sorted(found) == [*["granted"] * (TABS - 1), "meter"]
    assert Grant.objects.count() == 1


def _leave_three() -> None:
    from broadsheet.paywall.models import Meter

    meter = Meter.load()
    meter.readers = 3
    meter.save()
