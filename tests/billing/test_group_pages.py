"""Buying seats for a group, and the page on which its owner gives them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from broadsheet.billing.models import Checkout, Invoice, Mandate, Payment, Seller
from broadsheet.billing.providers.transfer import record_transfer
from broadsheet.membership.models import Actor, Entitlement, Group, Price, Seat, Subscription
from broadsheet.membership.notice_kinds import GroupNotice
from broadsheet.notices.models import Notice
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.billing.counter import browser, filled_in, order, words_of
from tests.cast import introduce
from tests.shop import minute_passes, subscribe

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TILL = {"digits": "4242", "expires": "04/31", "later": "accept", "answer": "accept"}
SCHOOL = {
    "name": "Ada Brandt",
    "group_name": "The Harbour School",
    "company": "Harbour School Trust",
    "address": "1 Quay Street\nHarbour Town",
    "vat_number": "GB 123 4567 89",
    "reference": "PO-77",
}

pytestmark = pytest.mark.usefixtures("magazine", "letters_are_translatable")


@pytest.fixture(autouse=True)
def _at_noon():
    with clock.moved_to(NOON):
        yield


@pytest.fixture
def group(ada: Person, seat_price: Price) -> Group:
    """Ada's, with four seats, bought by card."""
    return bought(ada, seat_price, 4)


@pytest.fixture
def seller(db: None) -> Seller:
    seller: Seller = Seller.load()
    seller.name, seller.address, seller.iban = "The Meridian Press", "14 Quayside", "GB00 MERI 0000"
    seller.save()
    return seller


def bought(owner: Person, price: Price, seats: int, **changes: str) -> Group:
    client = browser(owner)
    response = order(client, f"/group/?price={price.pk}&seats={seats}", **(SCHOOL | changes))
    assert response.status_code == 303, words_of(response)
    client.post(response.headers["Location"], TILL)
    return Group.objects.get(subscription__person=owner)


def do(client: Client, group: Group, what: str, **fields: Any) -> Any:
    return client.post(f"/account/groups/{group.pk}/", {"do": what, **fields}, follow=True)


def test_what_a_seat_costs_is_public_and_can_be_cached(client: Client, seat_price: Price) -> None:
    response = client.get("/group/")
    assert "$30 a year for each seat" in words_of(response)
    assert response.headers["Cache-Control"].startswith("public")
    assert "For groups" not in words_of(client.get("/subscribe/"))


@pytest.mark.parametrize(
    ("seats", "words"), [("1", "2 seats at least"), ("x", "whole number"), ("", "how many")]
)
def test_a_number_of_seats_that_cannot_be_is_answered(
    client: Client, seat_price: Price, seats: str, words: str
) -> None:
    response = client.get(f"/group/?price={seat_price.pk}&seats={seats}")
    assert response.status_code == 400
    assert words in words_of(response)


def test_a_group_is_bought_by_card(group: Group, ada: Person) -> None:
    invoice = Invoice.objects.get()
    assert (invoice.total, invoice.state) == (12000, Invoice.State.PAID)
    assert invoice.buyer_reference == "PO-77"
    assert invoice.buyer_vat_number == "GB 123 4567 89"
    assert "The Harbour School, 4 seats" in invoice.lines.get().description
    assert Subscription.objects.of(ada) is None
    thanks = browser(ada).get(f"/checkout/{Checkout.objects.get().pk}/done/")
    assert "The Harbour School has 4 seats now." in words_of(thanks)
    assert "pause" not in words_of(thanks)


def test_the_price_stands_next_to_the_button_and_is_kept(ada: Person, seat_price: Price) -> None:
    page = browser(ada).get(f"/group/?price={seat_price.pk}&seats=4")
    assert "You pay $120 today for 4 seats. From Nov. 24, 2027 it renews at $120 a year" in words_of(page)
    bought(ada, seat_price, 4)
    assert "4 seats" in Checkout.objects.get().consent


def test_an_invoice_needs_an_address(ada: Person, seat_price: Price) -> None:
    response: Any = order(
        browser(ada), f"/group/?price={seat_price.pk}&seats=4", **(SCHOOL | {"address": ""})
    )
    assert response.status_code == 400
    assert "Enter the address for the invoice." in words_of(response)
    assert "The Harbour School" in response.text


def test_each_term_is_charged_for_all_seats(group: Group) -> None:
    with clock.moved_to(group.subscription.term_ends_at + timedelta(minutes=1)):
        minute_passes()
    assert sorted(Invoice.objects.values_list("total", flat=True)) == [12000, 12000]
    assert Invoice.objects.first().buyer_reference == "PO-77"


def test_an_invitation_says_the_same_of_readers_and_of_strangers(group: Group, ada: Person) -> None:
    introduce("Bea", "bea@reader.example")
    client, said = browser(ada), []
    for name in ("bea", "zoe"):
        page = do(client, group, "invite", email=f"{name}@reader.example")
        said.append((page.status_code, words_of(page).replace(name, "…")))
        do(client, group, "take_back", seat=Seat.objects.get().pk)
        client.get(f"/account/groups/{group.pk}/")
    assert said[0] == said[1]
    assert "The invitation is on its way to …@reader.example." in said[0][1]


def test_a_seat_is_taken_by_its_link(group: Group) -> None:
    seat = group.invite("bea@school.example")
    path = f"/group/seat/{seat.token}/"
    assert "offers you a seat" in words_of(Client().get(path))
    bea = introduce("Bea", "bea@school.example")
    client = browser(bea)
    assert "Nobody there sees what you read" in words_of(client.get(path))
    assert not Entitlement.objects.filter(person=bea).exists()
    assert client.post(path).status_code == 303
    assert Entitlement.objects.live().filter(person=bea).exists()
    assert "You have a seat of The Harbour School" in words_of(client.get("/account/"))
    assert browser(introduce("Cem", "cem@school.example")).get(path).status_code == 410
    assert client.get("/group/seat/nonsense/").status_code == 404


def test_somebody_with_a_subscription_is_told_that_it_goes_on(group: Group, yearly: Price) -> None:
    bea = introduce("Bea", "bea@school.example")
    subscribe(bea, yearly)
    page = browser(bea).get(f"/group/seat/{group.invite('bea@school.example').token}/")
    assert "You have Digital already. It goes on and is charged as before" in words_of(page)


def test_a_seat_is_given_back(group: Group) -> None:
    bea = introduce("Bea", "bea@school.example")
    seat = group.invite("bea@school.example")
    group.accept(seat, bea)
    assert browser(group.owner).post(f"/account/seats/{seat.pk}/give-back/").status_code == 404
    browser(bea).post(f"/account/seats/{seat.pk}/give-back/")
    assert not Entitlement.objects.live().filter(person=bea).exists()
    assert not Notice.objects.filter(kind=GroupNotice.TAKEN_BACK).exists()


def test_the_owner_manages_the_seats(group: Group, ada: Person) -> None:
    client = browser(ada)
    do(client, group, "invite", email="bea@school.example", name="Bea")
    seat = Seat.objects.get()
    assert "Bea, bea@school.example" in words_of(client.get(f"/account/groups/{group.pk}/"))
    assert "once more" in words_of(do(client, group, "send", seat=seat.pk))
    assert do(client, group, "nonsense").status_code == 400
    do(client, group, "pass_on", seat=seat.pk, email="cem@school.example")
    seat = Seat.objects.get()
    assert seat.email == "cem@school.example"
    cem = introduce("Cem", "cem@school.example")
    group.accept(seat, cem)
    assert do(client, group, "hand_on", seat=seat.pk).status_code == 409
    do(client, group, "take_back", seat=seat.pk)
    assert not Entitlement.objects.live().filter(person=cem).exists()
    assert do(client, group, "take_back", seat=seat.pk).status_code == 404
    assert do(client, group, "take_back", seat="x").status_code == 404


def test_handing_on_takes_a_tick(group: Group, ada: Person) -> None:
    cem = introduce("Cem", "cem@school.example")
    seat = group.invite("cem@school.example")
    group.accept(seat, cem)
    do(browser(ada), group, "hand_on", seat=seat.pk, sure="yes")
    assert Group.objects.get().owner == cem
    assert browser(ada).get(f"/account/groups/{group.pk}/").status_code == 404
    assert browser(cem).get(f"/account/groups/{group.pk}/").status_code == 200


def test_nobody_else_sees_a_group(group: Group, bruno: Person) -> None:
    client = browser(bruno)
    for path in ("", "number/", "seats.csv", "file/", "cancel/", "card/"):
        assert client.get(f"/account/groups/{group.pk}/{path}").status_code == 404, path
    assert Client().get(f"/account/groups/{group.pk}/").status_code == 302


@pytest.mark.parametrize(
    ("domain", "words"),
    [
        ("reader.example", "Whoever signs in with a mailbox at reader.example"),
        ("gmail.com", "Anybody can have a mailbox"),
        ("other.example", "at another domain"),
        ("nonsense", "is no domain"),
    ],
)
def test_an_owner_adds_the_domain_of_their_own_mailbox(
    group: Group, ada: Person, domain: str, words: str
) -> None:
    assert words in do(browser(ada), group, "add_domain", domain=domain).text


def test_the_invoice_is_made_out_as_the_owner_says(group: Group, ada: Person) -> None:
    fields = {"company": "School Ltd", "address": "2 Quay", "vat_number": "", "reference": "PO-78"}
    do(browser(ada), group, "bill", **fields)
    mandate = Mandate.objects.get()
    assert (mandate.buyer_company, mandate.buyer_reference) == ("School Ltd", "PO-78")
    response = do(browser(ada), group, "bill", **(fields | {"address": ""}))
    assert response.status_code == 400
    assert "School Ltd" in response.text


def test_more_seats_are_paid_for_to_the_end_of_the_term(group: Group, ada: Person) -> None:
    client = browser(ada)
    with clock.moved_to(NOON + timedelta(days=73)):
        page = client.get(f"/account/groups/{group.pk}/number/?seats=6")
        assert "You pay $48 now for 2 more seats until Nov. 24, 2027" in words_of(page)
        response = client.post(page.context["here"], filled_in(page))
        assert response.status_code == 303, words_of(response)
        done = client.post(response.headers["Location"], TILL)
        assert "There are 2 more seats" in words_of(client.get(done.headers["Location"]))
        again = client.post(page.context["here"], filled_in(page))
        assert again.status_code in {303, 409}
    group = Group.objects.get()
    assert group.seats == 6
    assert Invoice.objects.first().total == 4800
    assert group.subscription.next_charge.minor == 18000


def test_fewer_seats_say_when_before_the_click(group: Group, ada: Person) -> None:
    client = browser(ada)
    page = client.get(f"/account/groups/{group.pk}/number/?seats=3")
    assert "keeps its 4 seats until Nov. 24, 2027" in words_of(page)
    assert "costs $90 a year" in words_of(page)
    client.post(page.context["here"])
    assert Group.objects.get().next_seats == 3
    for n in range(3):
        group.invite(f"{n}@school.example")
    assert client.get(f"/account/groups/{group.pk}/number/?seats=2").status_code == 409


def test_seats_go_out_and_come_in_as_a_file(group: Group, ada: Person) -> None:
    client = browser(ada)
    file = SimpleUploadedFile(
        "seats.csv",
        "Name;E-mail\n=Bea;bea@school.example\nCem;not an address\nBea;BEA@school.example\n"
        "D;d@school.example\nE;e@school.example\nF;f@school.example\nG;g@school.example\n".encode("utf-16"),
    )
    said = words_of(client.post(f"/account/groups/{group.pk}/file/", {"file": file}))
    assert "4 of 7 lines invited" in said
    assert "Line 3: not an address This is no e-mail address." in said
    assert "Line 4: BEA@school.example A seat is given or offered to this address already." in said
    assert "Line 8: g@school.example All seats are given or offered." in said
    text = client.get(f"/account/groups/{group.pk}/seats.csv").content.decode("utf-8-sig")
    assert "bea@school.example,'=Bea,Invited,2026-11-24,," in text


@pytest.mark.parametrize("contents", [b"", b"\x00\x01", b"Name\nBea\n", b'"E-mail\nbea@school.example'])
def test_a_file_that_is_none_is_answered(group: Group, ada: Person, contents: bytes) -> None:
    file = SimpleUploadedFile("seats.csv", contents)
    response = browser(ada).post(f"/account/groups/{group.pk}/file/", {"file": file})
    assert response.status_code == 400
    assert not Seat.objects.exists()


def test_one_mailbox_is_not_flooded(group: Group, ada: Person) -> None:
    client = browser(ada)
    for _ in range(3):
        do(client, group, "invite", email="bea@school.example")
        do(client, group, "take_back", seat=Seat.objects.get().pk)
    assert "Too many invitations" in do(client, group, "invite", email="bea@school.example").text
    assert not Seat.objects.exists()


def test_an_owner_cancels_in_two_clicks_and_undoes_it_by_one(group: Group, ada: Person) -> None:
    client = browser(ada)
    assert "All seats stay until Nov. 24, 2027" in words_of(client.get(f"/account/groups/{group.pk}/cancel/"))
    client.post(f"/account/groups/{group.pk}/cancel/")
    assert "The group ends on Nov. 24, 2027" in words_of(client.get(f"/account/groups/{group.pk}/"))
    client.post(f"/account/groups/{group.pk}/keep/")
    assert "Renews on Nov. 24, 2027" in words_of(client.get(f"/account/groups/{group.pk}/"))


def test_a_group_pays_by_invoice(ada: Person, seat_price: Price, seller: Seller) -> None:
    client = browser(ada)
    order(client, f"/group/?price={seat_price.pk}&seats=4", **(SCHOOL | {"method": "transfer"}))
    invoice = Invoice.objects.get()
    assert invoice.is_open
    record_transfer(invoice, invoice.money, "B-1", Actor.reader(ada))
    assert Payment.objects.get().state == Payment.State.SUCCEEDED


@pytest.mark.parametrize("seats", [3, 12])
def test_the_page_takes_as_many_queries_for_many_seats(
    ada: Person, seat_price: Price, seats: int, django_assert_max_num_queries
) -> None:
    group = bought(ada, seat_price, 20)
    for n in range(seats):
        group.accept(group.invite(f"{n}@school.example"), introduce("Reader", f"{n}@school.example"))
    client = browser(ada)
    client.get(f"/account/groups/{group.pk}/")
    with django_assert_max_num_queries(30):
        client.get(f"/account/groups/{group.pk}/")
