"""A page asks the database as often for twenty articles as for ten."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.editorial.models import Article, Topic
from broadsheet.paywall.models import Meter
from broadsheet.people.models import Person
from broadsheet.platform import kept
from tests.cast import signed_in
from tests.editorial.letters.made import printed
from tests.evidence import made
from tests.magazine import PRINTED, Magazine, plain_body

MOST_FOR_AN_ARTICLE = 12
# Sources, speakers, related articles, and when each fact came.
MOST_WITH_ALL_EVIDENCE = 12
MOST_FOR_A_FRONT = 15
# Session, person, right, what they hold; under the lock again what they hold, and the new row.
MOST_FOR_A_READERS_OPENING = 7
AS_SCRIPT = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}
ADDRESSES = [
    "/",
    "/world/",
    "/world/harbour/",
    "/world/wave-1/",
    "/authors/nell-abernathy/",
    "/topics/oceans/",
    "/topics/oceans/evidence/",
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
    "/archive/2026/",
    "/archive/2026/03/02/",
    "/authors/",
    "/topics/",
    "/feeds/",
    "/letters/",
    "/letters/{harbour}/",
    "/letters/feed/atom.xml",
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


def asked_for(client: Client, address: str) -> int:
    """Without what a process asks once a second: a slow host takes longer than that for a page."""
    client.get(address)
    # As if that were committed: what a transaction has edited is read anew each time.
    connection.run_on_commit.clear()
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
            {"type": "related", "value": {"articles": [magazine.article("harbour").pk]}},
        ]
        body = [*evidence, {"type": "wall", "value": None}, *plain_body("wave")[4:]]
        article = magazine.publish(f"wave-{number}", at=at, picture=picture, body=body)
        article.topics.add(topic)
        article.save()
        for about in (article, magazine.article("harbour")):
            printed(about, f"Wave {number} is well worth a letter.")


def test_queries_do_not_grow_with_articles(
    magazine: Magazine, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "LONGEST", 3600.0)  # however slow the machine is
    harbour = magazine.article("harbour").uuid
    addresses = [address.format(harbour=harbour) for address in ADDRESSES]
    publish(magazine, range(2))
    kept.forget_everything()
    ten = {address: min(asked_for(client, address) for _ in range(2)) for address in addresses}
    assert ten["/"] <= MOST_FOR_A_FRONT
    assert ten["/world/harbour/"] <= MOST_FOR_AN_ARTICLE
    assert ten["/world/wave-1/"] <= MOST_WITH_ALL_EVIDENCE
    publish(magazine, range(4, 12))
    kept.forget_everything()
    # The newest of few hits are looked for in more of the past.
    more = [address for address in addresses if asked_for(client, address) > ten[address]]
    # Asked once more, in case that something came up just then.
    assert {address: n for address in more if (n := asked_for(client, address)) > ten[address]} == {}


def test_opening_an_article_asks_the_same_however_many_were_opened(magazine: Magazine, ada: Person) -> None:
    articles = magazine.metered()
    Meter.objects.update(readers=len(articles))
    for article in articles:  # what is asked once and remembered
        opened_by(Client(), article)
    reader = signed_in(ada)
    opened_by(reader, articles[0])

    asked = [opened_by(reader, article) for article in articles[1:]]
    assert max(asked) <= MOST_FOR_A_READERS_OPENING
    assert min(asked) == max(asked)


def opened_by(client: Client, article: Article) -> int:
    with CaptureQueriesContext(connection) as asked:
        answer = client.post(f"/read/{article.uuid}", headers=AS_SCRIPT)
    assert answer.json()["verdict"] == "meter"
    if "sessionid" not in client.cookies:
        client.cookies.clear()  # a stranger anew each time
    return sum("platform_invalidation" not in query["sql"] for query in asked)
