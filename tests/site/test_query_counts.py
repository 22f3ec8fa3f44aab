"""A page asks the database as often for twenty articles as for ten."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.editorial.models import Topic
from broadsheet.platform import kept
from tests.evidence import made
from tests.magazine import PRINTED, Magazine, plain_body

MOST_FOR_AN_ARTICLE = 12
MOST_FOR_A_FRONT = 15
ADDRESSES = [
    "/",
    "/world/",
    "/world/harbour/",
    "/authors/nell-abernathy/",
    "/topics/oceans/",
    "/search/?q=tide",
    "/search/?q=tied+rose",
    "/search/?q=water&section=world&sort=new",
    "/search/feed/rss.xml?q=tide",
    "/speakers/ada-marsh/",
    "/contested-terms/",
    "/check/?words=The+water+rose+all+night+long",
    "/topics/oceans/evidence.json",
    "/archive/",
    "/archive/2026/03/",
    "/feed/rss.xml",
    "/feed/feed.json",
    "/world/feed/atom.xml",
    "/topics/oceans/feed/rss.xml",
    "/authors/nell-abernathy/feed/rss.xml",
    "/sitemap.xml",
    "/sitemap/pages.xml",
    "/sitemap/2026-03-1.xml",
    "/news-sitemap.xml",
]


def queries(client: Client) -> dict[str, int]:
    return {address: min(asked_for(client, address) for _ in range(2)) for address in ADDRESSES}


def asked_for(client: Client, address: str) -> int:
    """Without what a process asks once a second: a slow host takes longer than that for a page."""
    client.get(address)  # what is asked once and remembered
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return sum("platform_invalidation" not in query["sql"] for query in asked)


def publish(magazine: Magazine, numbers: range) -> None:
    picture = magazine.article("harbour").picture
    topic = Topic.objects.get(slug="oceans")
    for number in numbers:
        at = PRINTED + timedelta(hours=number)
        evidence = [
            made.quotation(f"The water rose all night long, {number} feet of it."),
            made.facts(f"It rose {number} feet."),
            made.timeline((f"{1900 + number}", "It rose."), (f"{1800 + number}", "It fell.")),
            made.perspectives((f"Port {number}", "Higher.", ""), ("The town", "Lower.", "")),
            made.contested(),
        ]
        body = [*evidence, {"type": "wall", "value": None}, *plain_body("wave")[4:]]
        article = magazine.publish(f"wave-{number}", at=at, picture=picture, body=body)
        article.topics.add(topic)
        article.save()


def test_queries_do_not_grow_with_articles(
    magazine: Magazine, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "LONGEST", 3600.0)  # however slow the machine is
    publish(magazine, range(2))
    ten = queries(client)
    assert ten["/"] <= MOST_FOR_A_FRONT
    assert ten["/world/harbour/"] <= MOST_FOR_AN_ARTICLE
    publish(magazine, range(2, 12))
    assert queries(client) == ten
