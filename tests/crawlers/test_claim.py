"""Where a request stands that calls itself a crawler: by its name, its address, and what we decided."""

from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path

import pytest

from broadsheet.crawlers.claim import NO_CLAIM, claim_of
from broadsheet.crawlers.known import KNOWN, Treatment
from broadsheet.crawlers.models import CrawlerPolicy, CrawlerProof
from broadsheet.crawlers.ranges import Networks, Published, RangeFile
from broadsheet.platform import clock
from tests.crawlers.agents import (
    ANYBODYS,
    BYTESPIDER,
    CHROME,
    FACEBOOK,
    GOOGLEBOT,
    GOOGLES,
    GOOGLES_NAME,
    GOOGLES_SIX,
    GPTBOT,
)
from tests.name_server import NameServer

GPTBOTS = "20.171.206.1"


@pytest.fixture
def publish(settings, tmp_path: Path) -> Callable[[str, str], None]:
    settings.CRAWLER_RANGES = tmp_path / "crawlers.json"

    def write(slug: str, network: str) -> None:
        lists = {KNOWN[slug].ranges[0]: Published(Networks([ip_network(network)]), clock.now())}
        RangeFile(lists).write(settings.CRAWLER_RANGES)

    return write


def test_a_browser_claims_nothing_and_costs_no_query(db: None, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        claim = claim_of(CHROME, ANYBODYS)
    assert claim == NO_CLAIM
    assert claim.may_be_granted
    assert not claim.is_refused
    assert not claim.reads_all


def test_a_search_crawler_in_the_published_networks_is_proven_at_once(
    db: None, publish, django_assert_num_queries
) -> None:
    publish("googlebot", "66.249.64.0/19")
    with django_assert_num_queries(1):
        claim = claim_of(GOOGLEBOT, GOOGLES)
    assert claim.reads_all
    assert not claim.may_be_granted


@pytest.mark.parametrize("address", [GOOGLES, GOOGLES_SIX, f"::ffff:{GOOGLES}"])
def test_dns_proves_it_from_the_second_request_on(db: None, name_server: NameServer, address: str) -> None:
    name_server.confirms(address.removeprefix("::ffff:"), GOOGLES_NAME)
    assert not claim_of(GOOGLEBOT, address).reads_all
    assert claim_of(GOOGLEBOT, address).reads_all


def test_a_proof_that_stands_costs_two_queries(
    db: None, name_server: NameServer, django_assert_num_queries
) -> None:
    name_server.confirms(GOOGLES, GOOGLES_NAME)
    claim_of(GOOGLEBOT, GOOGLES)
    with django_assert_num_queries(2):
        assert claim_of(GOOGLEBOT, GOOGLES).is_proven


def test_a_false_googlebot_stays_unproven_and_is_given_no_free_articles(
    db: None, name_server: NameServer, publish
) -> None:
    publish("googlebot", "66.249.64.0/19")
    name_server.names(ANYBODYS, GOOGLES_NAME)
    name_server.leads(GOOGLES_NAME, GOOGLES)
    for _ in range(3):
        claim = claim_of(GOOGLEBOT, ANYBODYS)
        assert not claim.is_proven
        assert not claim.may_be_granted
        assert not claim.is_refused


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "fd00::7", "::1", "", "unknown"])
def test_nobody_is_proven_from_a_network_of_ones_own(
    db: None, name_server: NameServer, publish, address: str
) -> None:
    publish("googlebot", "10.0.0.0/8")
    if address and address != "unknown":
        name_server.confirms(address, GOOGLES_NAME)
    for _ in range(2):
        assert not claim_of(GOOGLEBOT, address).is_proven
    assert not CrawlerProof.objects.exists()


@pytest.mark.parametrize("user_agent", [GPTBOT, BYTESPIDER, FACEBOOK])
def test_the_others_get_the_opening_and_nobody_looks_them_up(
    db: None, name_server: NameServer, user_agent: str
) -> None:
    claim = claim_of(user_agent, ANYBODYS)
    assert claim.treatment == Treatment.PREVIEW
    assert not claim.reads_all
    assert not claim.may_be_granted
    assert not claim.is_refused
    assert not CrawlerProof.objects.exists()


def test_an_ai_crawler_reads_all_where_that_is_decided_and_proven(db: None, publish) -> None:
    publish("gptbot", "20.171.206.0/24")
    CrawlerPolicy.objects.treat(KNOWN["gptbot"], Treatment.FULL)
    assert claim_of(GPTBOT, GPTBOTS).reads_all
    assert not claim_of(GPTBOT, ANYBODYS).reads_all


def test_one_that_cannot_be_proven_never_reads_all(db: None, name_server: NameServer) -> None:
    CrawlerPolicy.objects.treat(KNOWN["bytespider"], Treatment.FULL)
    for _ in range(2):
        assert not claim_of(BYTESPIDER, ANYBODYS).reads_all
    assert name_server.asked == []


def test_refusing_needs_no_proof(db: None, name_server: NameServer) -> None:
    CrawlerPolicy.objects.treat(KNOWN["gptbot"], Treatment.NOTHING)
    assert claim_of(GPTBOT, ANYBODYS).is_refused
    assert not claim_of(BYTESPIDER, ANYBODYS).is_refused
    assert name_server.asked == []


def test_a_proven_crawler_that_gets_less_now_reads_no_more(db: None, name_server: NameServer) -> None:
    name_server.confirms(GOOGLES, GOOGLES_NAME)
    claim_of(GOOGLEBOT, GOOGLES)
    CrawlerPolicy.objects.treat(KNOWN["googlebot"], Treatment.PREVIEW)
    assert not claim_of(GOOGLEBOT, GOOGLES).reads_all


def test_going_back_to_the_default_leaves_no_row(db: None) -> None:
    CrawlerPolicy.objects.treat(KNOWN["gptbot"], Treatment.NOTHING)
    CrawlerPolicy.objects.treat(KNOWN["gptbot"], Treatment.FULL)
    assert CrawlerPolicy.objects.count() == 1
    CrawlerPolicy.objects.treat(KNOWN["gptbot"], Treatment.PREVIEW)
    assert not CrawlerPolicy.objects.exists()
    assert CrawlerPolicy.objects.treatment_of(KNOWN["gptbot"]) == Treatment.PREVIEW
