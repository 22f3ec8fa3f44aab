"""At the wall, registering and signing up are one step."""

from typing import Any

import pytest
from django.test import Client

from broadsheet.newsletters.models import Consent, Mailbox, Newsletter
from tests.magazine import Magazine
from tests.newsletters.conftest import receives
from tests.people.conftest import ask, code_in, is_signed_in, link_in, new_browser, page

pytestmark = pytest.mark.django_db
ADA = "ada@reader.example"


@pytest.fixture(autouse=True)
def _two(magazine: Magazine, briefing: Newsletter, weekly: Newsletter) -> None:
    """Every test here needs them."""


def register(client: Client, *newsletters: str, **more: Any) -> None:
    client.post("/account/start/", {"email": ADA, "newsletter": newsletters, **more})


def test_the_wall_lists_them_with_none_ticked(browser: Client, magazine: Magazine) -> None:
    for slug in ("reef", "orchard", "ledger", "lantern"):
        browser.post(f"/read/{magazine.article(slug).uuid}")
    shown = page(browser.get(f"/read/{magazine.article('quarry').uuid}"))
    assert "wall-form" in shown
    assert shown.count('type="checkbox"') == 2
    assert "checked" not in shown


def test_what_was_ticked_comes_with_the_account(browser: Client, mailoutbox: list[Any]) -> None:
    register(browser, "week", zone="Europe/Berlin", next="/world/reef/")
    assert receives(ADA) == set()
    browser.post("/account/code/", {"code": code_in(mailoutbox[-1])})
    assert is_signed_in(browser)
    mailbox = Mailbox.objects.get()
    assert (receives(ADA), len(mailoutbox), mailbox.time_zone) == ({"week"}, 1, "Europe/Berlin")
    assert mailbox.person
    assert mailbox.person.email == ADA
    assert Consent.objects.values_list("place", "page").get() == ("wall", "/world/reef/")


def test_what_was_ticked_stays_ticked_where_the_address_is_wrong(browser: Client) -> None:
    typed = {"email": "ada@", "newsletter": ["week"], "zone": "Europe/Berlin", "next": "/world/reef/"}
    answer = browser.post("/account/start/", typed)
    assert answer.status_code == 400
    shown = page(answer)
    assert shown.count(" checked") == 1
    assert shown.index('value="week"') < shown.index(" checked")
    assert 'value="Europe/Berlin"' in shown
    assert "newsletters/css" in shown
    # Who ticked nothing is asked nothing more.
    assert "checkbox" not in page(browser.post("/account/start/", {"email": "ada@"}))


def test_nothing_ticked_means_none(browser: Client, mailoutbox: list[Any]) -> None:
    register(browser)
    browser.post("/account/code/", {"code": code_in(mailoutbox[-1])})
    assert is_signed_in(browser)
    assert Mailbox.objects.count() == 0


def test_the_link_brings_them_in_another_browser(browser: Client, mailoutbox: list[Any]) -> None:
    register(browser, "week")
    phone, path = new_browser(), link_in(mailoutbox[-1])
    phone.get(path)
    assert receives(ADA) == set()
    phone.post(path)
    assert receives(ADA) == {"week"}


def test_a_new_code_keeps_what_was_ticked(browser: Client, mailoutbox: list[Any]) -> None:
    register(browser, "week")
    ask(browser, ADA)
    browser.post("/account/code/", {"code": code_in(mailoutbox[-1])})
    assert receives(ADA) == {"week"}


def test_somebody_elses_ticks_do_not_come_with_ones_own_sign_in(mailoutbox: list[Any]) -> None:
    stranger, own = new_browser(), new_browser()
    register(stranger, "week")
    ask(own, ADA)
    own.post("/account/code/", {"code": code_in(mailoutbox[-1])})
    assert is_signed_in(own)
    assert receives(ADA) == set()
