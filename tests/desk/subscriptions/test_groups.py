"""Groups at the desk, for the subscriptions manager."""

from typing import Any

import pytest
from django.test import Client

from broadsheet.billing.models import Invoice, Seller
from broadsheet.membership.models import Actor, Entitlement, Group, Institution, Price
from broadsheet.people.models import Person
from tests.cast import introduce, signed_in
from tests.parallel import at_once

WHY = {"why": "They rang us"}


@pytest.fixture
def group(ada: Person, seat_price: Price) -> Group:
    by = Actor.reader(ada)
    return Group.objects.begin(ada, "The Harbour School", seat_price, 3, by, provider="transfer")


@pytest.fixture
def desk(farid: Person) -> Client:
    return signed_in(farid)


def act(desk: Client, group: Group, name: str, **fields: Any) -> Any:
    return desk.post(f"/desk/group-subscriptions/{group.pk}/{name}/", WHY | fields, follow=True)


def as_typed(owner: Person, price: Price) -> dict[str, Any]:
    return WHY | {
        "email": owner.email,
        "name": "The Harbour School",
        "price": price.pk,
        "seats": "10",
        "amount": "200",
        "company": "Harbour Trust",
        "address": "1 Quay",
        "reference": "PO-1",
    }


def sell_by_invoice() -> None:
    seller: Any = Seller.load()
    seller.name, seller.address, seller.iban = "The Meridian Press", "14 Quayside", "GB00 MERI 0000"
    seller.save()


@pytest.mark.usefixtures("magazine")
def test_groups_are_listed_found_and_shown(desk: Client, group: Group, dev: Person) -> None:
    assert "The Harbour School" in desk.get("/desk/group-subscriptions/").text
    assert "The Harbour School" in desk.get("/desk/group-subscriptions/?q=harb").text
    assert "The Harbour School" not in desk.get("/desk/group-subscriptions/?q=nobody").text
    assert "0 of 3 given or offered" in " ".join(
        desk.get(f"/desk/group-subscriptions/{group.pk}/").text.split()
    )
    assert signed_in(dev).get("/desk/group-subscriptions/").status_code in {302, 403}


@pytest.mark.usefixtures("magazine")
def test_each_act_is_done_once_with_its_reason_in_the_log(
    desk: Client, group: Group, halden: Institution
) -> None:
    bea = introduce("Bea", "bea@school.example")
    act(desk, group, "invite", email="bea@school.example")
    group.accept(group.seat_rows.get(), bea)
    act(desk, group, "seats", seats=5, amount="100.00")
    act(desk, group, "domain", domain="school.example")
    act(desk, group, "rooms", institution=halden.pk)
    act(desk, group, "owner", seat=group.seat_rows.get().pk)
    record = desk.get(f"/desk/group-subscriptions/{group.pk}/").text
    group = Group.objects.get()
    assert (group.seats, group.seat_amount, group.subscription.amount) == (5, None, 10000)
    assert (group.owner, group.institution) == (bea, halden)
    assert [str(domain) for domain in group.domains.all()] == ["school.example"]
    assert record.count("They rang us") == 5
    act(desk, group, "domain", domain="school.example")
    assert group.domains.count() == 1
    desk.post(f"/desk/group-subscriptions/{group.seat_rows.get().pk}/take-back/", WHY)
    assert not Entitlement.objects.live().filter(person=bea).exists()


@pytest.mark.usefixtures("magazine")
def test_a_group_is_begun_by_invoice(desk: Client, ada: Person, seat_price: Price) -> None:
    typed = as_typed(ada, seat_price)
    assert "Enter the seller" in desk.post("/desk/group-subscriptions/new/", typed).text
    sell_by_invoice()
    assert (
        "Nobody is registered"
        in desk.post("/desk/group-subscriptions/new/", typed | {"email": "x@y.example"}).text
    )
    assert desk.post("/desk/group-subscriptions/new/", typed).status_code == 302
    invoice = Invoice.objects.get()
    assert (invoice.total, invoice.buyer_reference, invoice.buyer_company) == (20000, "PO-1", "Harbour Trust")
    assert "a group of this name already" in desk.post("/desk/group-subscriptions/new/", typed).text
    assert Group.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("magazine")
def test_a_button_that_is_pressed_twice_begins_one_group(
    ada: Person, farid: Person, seat_price: Price
) -> None:
    sell_by_invoice()
    typed = as_typed(ada, seat_price)
    at_once(*[lambda: signed_in(farid).post("/desk/group-subscriptions/new/", typed).status_code] * 3)
    assert Group.objects.count() == Invoice.objects.count() == 1
