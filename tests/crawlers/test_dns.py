"""Reverse and forward DNS, asked of a real name server."""

import time
from ipaddress import ip_address

import pytest

from broadsheet.crawlers import dns
from broadsheet.crawlers.dns import MOST_NAMES, UnansweredError, belongs
from tests.crawlers.agents import ANYBODYS, GOOGLES, GOOGLES_NAME, GOOGLES_SIX
from tests.name_server import NameServer

GOOGLE = ("googlebot.com",)


def is_googles(address: str) -> bool:
    return belongs(ip_address(address), GOOGLE)


@pytest.mark.parametrize("address", [GOOGLES, GOOGLES_SIX])
def test_a_name_that_leads_there_and_back_proves_it(name_server: NameServer, address: str) -> None:
    name_server.confirms(address, GOOGLES_NAME)
    assert is_googles(address)


def test_capital_letters_make_no_difference(name_server: NameServer) -> None:
    name_server.confirms(GOOGLES, "Crawl-66-249-66-1.GoogleBot.com")
    assert is_googles(GOOGLES)


@pytest.mark.parametrize(
    "name",
    ["crawl.evilgooglebot.com", "googlebot.com.evil.example", "googlebot.com-evil.example", "evil.example"],
)
def test_a_name_outside_the_operators_domains_proves_nothing(name_server: NameServer, name: str) -> None:
    name_server.confirms(ANYBODYS, name)
    assert not is_googles(ANYBODYS)
    assert len(name_server.asked) == 1  # its addresses are of no interest


def test_a_borrowed_name_that_leads_elsewhere_proves_nothing(name_server: NameServer) -> None:
    """Whoever owns an address can give it any name, but not lead the name back."""
    name_server.names(ANYBODYS, GOOGLES_NAME)
    name_server.leads(GOOGLES_NAME, GOOGLES)
    assert not is_googles(ANYBODYS)


def test_a_borrowed_name_that_does_not_exist_proves_nothing(name_server: NameServer) -> None:
    name_server.names(ANYBODYS, "crawl-no-such.googlebot.com")
    assert not is_googles(ANYBODYS)


def test_an_address_without_a_name_proves_nothing(name_server: NameServer) -> None:
    assert not is_googles(ANYBODYS)


def test_a_name_of_the_other_family_does_not_lead_back(name_server: NameServer) -> None:
    name_server.names(GOOGLES_SIX, GOOGLES_NAME)
    name_server.leads(GOOGLES_NAME, GOOGLES)
    assert not is_googles(GOOGLES_SIX)


def test_one_of_several_names_is_enough(name_server: NameServer) -> None:
    name_server.names(GOOGLES, "www.shop.example", "old.googlebot.com", GOOGLES_NAME)
    name_server.leads(GOOGLES_NAME, GOOGLES)
    assert is_googles(GOOGLES)


def test_no_more_than_four_names_are_looked_up(name_server: NameServer) -> None:
    name_server.names(ANYBODYS, *(f"crawl-{n}.googlebot.com" for n in range(30)))
    assert not is_googles(ANYBODYS)
    assert len(name_server.asked) == 1 + MOST_NAMES


def test_a_failure_is_no_answer(name_server: NameServer) -> None:
    name_server.fails(GOOGLES)
    with pytest.raises(UnansweredError):
        is_googles(GOOGLES)


def test_a_failure_on_the_way_back_is_no_answer(name_server: NameServer) -> None:
    name_server.names(GOOGLES, GOOGLES_NAME)
    name_server.fails_to_lead(GOOGLES_NAME)
    with pytest.raises(UnansweredError):
        is_googles(GOOGLES)


def test_a_failing_name_does_not_hide_one_that_leads_back(name_server: NameServer) -> None:
    name_server.names(GOOGLES, "old.googlebot.com", GOOGLES_NAME)
    name_server.fails_to_lead("old.googlebot.com")
    name_server.leads(GOOGLES_NAME, GOOGLES)
    assert is_googles(GOOGLES)


def test_a_silent_server_is_waited_for_no_longer_than_said(
    name_server: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dns, "SECONDS", 0.3)
    name_server.fails(GOOGLES, silently=True)
    began = time.monotonic()
    with pytest.raises(UnansweredError):
        is_googles(GOOGLES)
    assert time.monotonic() - began < 2


def test_nobody_to_ask_is_no_answer(settings) -> None:
    settings.DNS_SERVERS = []
    with pytest.raises(UnansweredError):
        is_googles(GOOGLES)
