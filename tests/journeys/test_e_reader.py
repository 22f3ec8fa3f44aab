"""A subscriber has the weekly issue sent to an e-reader: with the keyboard, on a desk and on a phone."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import override_settings
from playwright.sync_api import Page, expect

from broadsheet import settings as product
from broadsheet.demo.people import PASSWORD
from broadsheet.membership.models import Entitlement
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.journeys.conftest import NARROWEST, forget_limits, sign_in
from tests.post import LetterBox


@pytest.fixture
def subscriber(rows: None) -> Person:
    forget_limits()  # all sit at one address here, which may not ask for codes that often
    # What is served does not know the hashes that are good enough for other tests.
    with override_settings(PASSWORD_HASHERS=product.PASSWORD_HASHERS):
        person = Person.objects.create_user(f"{uuid4().hex[:12]}@reader.example", PASSWORD)
    giver = Person.objects.get(email="subscriptions@meridian.example")
    now = clock.now()
    Entitlement.objects.create(
        person=person, starts_at=now, ends_at=now + timedelta(days=9), reason="A journey", given_by=giver
    )
    return person


def test_an_e_reader_is_set_up_by_a_code_and_left_again(
    page: Page, axe: Callable[..., None], subscriber: Person, smtp: LetterBox
) -> None:
    address = f"{uuid4().hex[:12]}@kindle.example"
    sign_in(page, subscriber.email)
    page.get_by_role("link", name="Set up your e-reader").press("Enter")
    expect(page.get_by_text("letters@meridian.example")).to_be_visible()
    axe(page)
    page.get_by_label("E-mail address of your e-reader").fill(address)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Enter the code")).to_be_visible()
    axe(page)
    page.set_viewport_size(NARROWEST)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    code = re.match("[0-9]{6}", str(smtp.await_message(address, seconds=30)["Subject"]))
    assert code
    page.get_by_label("Code", exact=True).fill(code[0])
    page.get_by_role("button", name="Confirm").press("Enter")
    mine = page.get_by_role("region", name="The weekly issue on your e-reader")
    expect(mine).to_contain_text(address)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    axe(page, within="#e-reader")
    mine.get_by_role("button", name="Stop sending them").press("Enter")
    expect(page.get_by_role("link", name="Set up your e-reader")).to_be_visible()
