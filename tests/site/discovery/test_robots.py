"""robots.txt: whom it asks to stay away."""

from urllib.robotparser import RobotFileParser

import pytest
from django.test import Client

from broadsheet.crawlers.known import KNOWN, Treatment
from broadsheet.crawlers.models import CrawlerPolicy
from tests.magazine import Magazine

# The same on any database.
pytestmark = pytest.mark.sqlite

ARTICLE = "http://localhost/world/harbour/"


def rules(client: Client) -> RobotFileParser:
    response = client.get("/robots.txt")
    assert response.status_code == 200
    parser = RobotFileParser()
    parser.parse(response.text.splitlines())
    return parser


@pytest.mark.parametrize("name", ["Googlebot", "GPTBot", "CCBot", "facebookexternalhit", "Anybot"])
def test_crawlers_that_get_the_opening_or_more_are_welcome(
    magazine: Magazine, client: Client, name: str
) -> None:
    assert rules(client).can_fetch(name, ARTICLE)


@pytest.mark.parametrize("name", ["Google-Extended", "Applebot-Extended"])
def test_who_would_have_in_full_what_another_reads_is_kept_out(
    magazine: Magazine, client: Client, name: str
) -> None:
    """Googlebot reads all for Google-Extended, which by our default gets no more than openings."""
    assert not rules(client).can_fetch(name, ARTICLE)
    CrawlerPolicy.objects.treat(KNOWN[name.lower()], Treatment.FULL)
    assert rules(client).can_fetch(name, ARTICLE)


def test_a_crawler_that_gets_nothing_is_asked_to_stay_away_under_each_of_its_names(
    magazine: Magazine, client: Client
) -> None:
    CrawlerPolicy.objects.treat(KNOWN["gptbot"], Treatment.NOTHING)
    CrawlerPolicy.objects.treat(KNOWN["meta-externalagent"], Treatment.NOTHING)
    said = rules(client)
    for name in ("GPTBot", "meta-externalagent", "meta-externalfetcher"):
        assert not said.can_fetch(name, ARTICLE)
        assert not said.can_fetch(name, "http://localhost/")
    for name in ("Googlebot", "OAI-SearchBot", "Anybot"):
        assert said.can_fetch(name, ARTICLE)
    assert not said.can_fetch("Anybot", "http://localhost/desk/")
    assert said.site_maps()


def test_where_everybody_is_welcome_no_group_stands_empty(magazine: Magazine, client: Client) -> None:
    for slug in ("google-extended", "applebot-extended"):
        CrawlerPolicy.objects.treat(KNOWN[slug], Treatment.FULL)
    lines = client.get("/robots.txt").text.splitlines()
    assert [line for line in lines if line.startswith("User-agent")] == ["User-agent: *"]
    assert "Disallow: /" not in lines
