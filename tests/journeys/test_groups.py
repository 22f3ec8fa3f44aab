"""A school gives a seat, whoever takes it reads; a subscriber to the paper links the number on the label."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import override_settings
from playwright.sync_api import Page, expect

from broadsheet import settings as product
from broadsheet.demo.people import PASSWORD
from broadsheet.demo.together import OWNER, SCHOOL
from broadsheet.membership.models import FulfilmentHouse, Group, PrintSubscriber, Seat
from broadsheet.people.models import Person
from tests.journeys.conftest import Piece, sign_in


def introduce() -> Person:
    """Somebody whom no other journey knows."""
    # What is served does not know the hashes that are good enough for other tests.
    with override_settings(PASSWORD_HASHERS=product.PASSWORD_HASHERS):
        return Person.objects.create_user(f"{uuid4().hex[:12]}@seats.example", PASSWORD, first_name="Bea")


def test_a_seat_goes_from_the_invitation_to_an_open_article(
    desktop: Page, phone: Page, pieces: list[Piece], axe: Callable[..., None]
) -> None:
    reader, piece = introduce(), pieces[5]
    sign_in(desktop, OWNER[0])
    desktop.goto("/account/")
    axe(desktop)
    desktop.get_by_role("link", name="Look after it").click()
    expect(desktop.get_by_role("heading", name=SCHOOL)).to_be_visible()
    axe(desktop)
    desktop.get_by_label("E-mail address", exact=True).first.fill(reader.email)
    desktop.get_by_role("button", name="Invite").click()
    expect(desktop.get_by_text("The invitation is on its way")).to_be_visible()

    seat = Seat.objects.get(email=reader.email)
    sign_in(phone, reader.email)
    phone.goto(f"/group/seat/{seat.token}/")
    axe(phone)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.get_by_role("button", name="Take the seat").click()
    expect(phone.get_by_text("You can now read every article")).to_be_visible()
    phone.goto(piece.path)
    expect(phone.get_by_text(piece.withheld)).to_be_attached()

    desktop.goto(f"/account/groups/{seat.group_id}/?q={reader.email}")
    desktop.get_by_role("button", name="Take back").click()
    expect(desktop.get_by_text("The seat is free again")).to_be_visible()
    assert Group.objects.get(pk=seat.group_id).free > 0


@pytest.mark.parametrize("kind", ["no_script", "phone"])
def test_an_owner_has_more_seats_without_script_and_on_a_phone(
    request: pytest.FixtureRequest, kind: str, rows: None, axe: Callable[..., None]
) -> None:
    page: Page = request.getfixturevalue(kind)
    sign_in(page, OWNER[0])
    group = Group.objects.get(name=SCHOOL)
    page.goto(f"/account/groups/{group.pk}/number/")
    page.get_by_label("How many seats?").fill(str(group.seats + 2))
    page.get_by_role("button", name="See what it costs").click()
    expect(page.get_by_text("2 more seats until").first).to_be_visible()
    if kind != "no_script":  # axe is itself a script, and would never answer
        axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_reader_links_the_number_on_the_label(
    phone: Page, pieces: list[Piece], axe: Callable[..., None]
) -> None:
    reader, number = introduce(), uuid4().hex[:8].upper()
    house = FulfilmentHouse.objects.get()
    PrintSubscriber.objects.create(
        house=house, number=number, bare_number=number, postcode="04101", bare_postcode="04101"
    )
    sign_in(phone, reader.email)
    phone.goto("/account/")
    phone.get_by_role("link", name="I get the paper").click()
    axe(phone)
    phone.get_by_label("Number").fill(number)
    phone.get_by_label("Postcode").fill("04 101")
    phone.get_by_role("button", name="Link my number").click()
    expect(phone.get_by_text("Your paper is linked.")).to_be_visible()
    phone.goto(pieces[5].path)
    expect(phone.get_by_text(pieces[5].withheld)).to_be_attached()
