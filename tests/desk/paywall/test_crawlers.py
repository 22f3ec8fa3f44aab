from ipaddress import ip_network
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.crawlers.known import KNOWN, Treatment
from broadsheet.crawlers.models import CrawlerPolicy
from broadsheet.crawlers.ranges import Networks, Published, RangeFile
from broadsheet.platform import clock
from tests.cast import signed_in

PAGE = "/desk/crawlers/"


def shown_to(client: Client) -> str:
    return " ".join(client.get(PAGE).text.split())


def treat(person, **changes: str):
    """Sends the whole page's form, as a browser does."""
    now = {slug: str(treatment) for slug, treatment in CrawlerPolicy.objects.treatments().items()}
    return signed_in(person).post(PAGE, now | {slug.replace("_", "-"): to for slug, to in changes.items()})


def test_the_audience_editor_decides_how_a_crawler_is_treated(edith) -> None:
    assert treat(edith, gptbot="nothing", ccbot="full").status_code == 302
    policy = CrawlerPolicy.objects.get(crawler="gptbot")
    assert (policy.treatment, policy.changed_by) == (Treatment.NOTHING, edith)
    assert CrawlerPolicy.objects.count() == 2
    shown = shown_to(signed_in(edith))
    assert "by Edith Moreau" in shown
    treat(edith, gptbot="preview")
    assert [policy.crawler for policy in CrawlerPolicy.objects.all()] == ["ccbot"]


def test_saving_what_was_not_changed_keeps_who_changed_it(edith, greta) -> None:
    treat(edith, gptbot="nothing")
    treat(greta, ccbot="full")
    assert CrawlerPolicy.objects.get(crawler="gptbot").changed_by == edith


def test_every_known_crawler_is_listed_with_its_proof(edith, settings, tmp_path: Path) -> None:
    settings.CRAWLER_RANGES = tmp_path / "crawlers.json"
    networks = Networks([ip_network("66.249.64.0/27"), ip_network("66.249.66.0/27")])
    lists = {KNOWN["googlebot"].ranges[0]: Published(networks, clock.now())}
    RangeFile(lists).write(settings.CRAWLER_RANGES)
    shown = shown_to(signed_in(edith))
    for crawler in KNOWN.values():
        assert f"<strong>{crawler.name}</strong>" in shown
    assert "2, fetched" in shown
    assert "none yet" in shown
    assert "Published networks, else DNS (googlebot.com)" in shown
    assert "DNS (crawl.baidu.com, crawl.baidu.jp)" in shown
    assert "Not at all: it never gets more than the opening" in shown
    assert "Googlebot reads for it; robots.txt keeps it out" in shown


def test_who_cannot_be_proven_cannot_be_given_everything(edith) -> None:
    response = treat(edith, bytespider="full")
    assert response.status_code == 200
    assert "Select a valid choice" in response.text
    assert not CrawlerPolicy.objects.exists()


def test_the_page_takes_as_many_queries_for_two_changes_as_for_twelve(edith) -> None:
    client = signed_in(edith)
    client.get(PAGE)
    queries = []
    for count in (2, 12):
        for crawler in list(KNOWN.values())[:count]:
            CrawlerPolicy.objects.treat(crawler, Treatment.NOTHING, edith)
        with CaptureQueriesContext(connection) as captured:
            assert shown_to(client).count("by Edith Moreau") == count
        queries.append(len(captured))
    assert queries[0] == queries[1]


@pytest.mark.parametrize("name", ["carla", "dev", "farid"])
def test_nobody_else_does(request: pytest.FixtureRequest, name: str) -> None:
    person = request.getfixturevalue(name)
    assert signed_in(person).get(PAGE).status_code != 200
    assert treat(person, gptbot="nothing").status_code != 200
    assert not CrawlerPolicy.objects.exists()
    assert PAGE not in signed_in(person).get("/desk/").text


def test_the_operator_does_too(greta) -> None:
    greta.is_superuser = False
    greta.save()
    assert signed_in(greta).get(PAGE).status_code == 200
    assert PAGE in signed_in(greta).get("/desk/").text
