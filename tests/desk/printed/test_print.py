"""The paper at the desk, for the subscriptions manager."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from broadsheet.membership.models import (
    FulfilmentHouse,
    HouseFile,
    Plan,
    Price,
    PrintDelivery,
    PrintDoubt,
    PrinterList,
    PrintSubscriber,
)
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.shop import subscribe

WHY = {"why": "They rang us"}

pytestmark = pytest.mark.usefixtures("magazine")


@pytest.fixture
def desk(farid: Person) -> Client:
    return signed_in(farid)


@pytest.fixture
def house(db: None) -> FulfilmentHouse:
    return FulfilmentHouse.objects.create(name="Quay Mailing", edition="en-us")


def upload(desk: Client, house: FulfilmentHouse, text: str) -> HouseFile:
    typed: dict[str, Any] = {"house": house.pk, "file": SimpleUploadedFile("paper.csv", text.encode())}
    assert desk.post("/desk/house_files/upload/", typed).status_code == 302
    file = HouseFile.objects.first()
    assert file
    return file


def words(response: Any) -> str:
    return " ".join(response.text.split())


def test_a_house_is_made_with_the_shape_of_its_files(desk: Client) -> None:
    typed = {"name": "Quay Mailing", "edition": "en-us", "encoding": "cp1252", "delimiter": ";"}
    typed["number_column"] = "Abo-Nr."
    assert desk.post("/desk/houses/new/", typed).status_code == 302
    assert FulfilmentHouse.objects.get().columns["number"] == "Abo-Nr."
    assert "Quay Mailing" in desk.get("/desk/houses/").text


def test_a_file_is_uploaded_checked_and_applied(desk: Client, house: FulfilmentHouse, ada: Person) -> None:
    file = upload(desk, house, f"Number,Postcode,E-mail\n1,HT1,{ada.email}\n2,HT2,\n3,,\n")
    page = words(desk.get(f"/desk/house_files/{file.pk}/"))
    assert "<dt>New</dt> <dd>2</dd>" in page
    assert "The postcode is missing." in page
    assert "paper.csv" in desk.get("/desk/house_files/").text
    assert not PrintSubscriber.objects.exists()
    desk.post(f"/desk/house_files/{file.pk}/apply/")
    assert "Applied" in desk.get(f"/desk/house_files/{file.pk}/progress/").text
    assert PrintSubscriber.objects.live().count() == 2
    assert "already" in words(desk.post(f"/desk/house_files/{file.pk}/apply/"))

    gone = upload(desk, house, "Number,Postcode\n2,HT2\n")
    assert "Type 1, or leave it empty." in words(
        desk.post(f"/desk/house_files/{gone.pk}/apply/", {"ends": "5"})
    )
    desk.post(f"/desk/house_files/{gone.pk}/apply/", {"ends": "1"})
    assert PrintSubscriber.objects.live().count() == 1


def test_a_file_that_cannot_be_read_says_why(desk: Client, house: FulfilmentHouse) -> None:
    file = upload(desk, house, "Name\nAda\n")
    page = words(desk.get(f"/desk/house_files/{file.pk}/"))
    assert "No column is known to hold the number" in page
    assert "Apply…" not in page
    file = upload(desk, house, "Number,Postcode\n1,HT1\n")
    desk.post(f"/desk/house_files/{file.pk}/drop/", WHY)
    assert HouseFile.objects.get(pk=file.pk).state == HouseFile.State.DROPPED


def test_a_doubt_is_decided_with_a_reason(desk: Client, house: FulfilmentHouse, ada: Person) -> None:
    numbers = {"house": house, "postcode": "HT1", "bare_postcode": "HT1"}
    row = PrintSubscriber.objects.create(number="1", bare_number="1", **numbers)
    doubt = PrintDoubt.objects.create(
        subscriber=row, person=ada, why=PrintDoubt.Why.POSTCODE, typed_postcode="HT9"
    )
    assert ada.email in desk.get("/desk/print_doubts/").text
    assert "HT9" in desk.get(f"/desk/print_doubts/{doubt.pk}/").text
    desk.post(f"/desk/print_doubts/{doubt.pk}/accept/", WHY)
    row.refresh_from_db()
    assert row.person == ada
    assert "decided this already" in desk.post(f"/desk/print_doubts/{doubt.pk}/dismiss/", WHY).text
    assert "They rang us" in desk.get(f"/desk/print_doubts/{doubt.pk}/").text
    desk.post(f"/desk/print_subscribers/{row.pk}/unlink/", WHY)
    desk.post(f"/desk/print_subscribers/{row.pk}/link/", WHY | {"email": ada.email})
    row.refresh_from_db()
    assert row.person == ada
    assert (
        "Nobody is registered"
        in desk.post(f"/desk/print_subscribers/{row.pk}/link/", WHY | {"email": "x@y.example"}).text
    )
    assert ada.email in desk.get(f"/desk/print_subscribers/{row.pk}/").text
    assert "Quay Mailing" in desk.get("/desk/print_subscribers/?state=linked&q=1").text


def test_a_list_is_issued_and_fetched_the_same_each_time(
    desk: Client, ada: Person, yearly: Price, digital: Plan
) -> None:
    digital.includes_print = True
    digital.save()
    home = {
        "recipient": "=Ada Čapek",
        "street": "14 Quay Street",
        "city": "Portland",
        "region": "OR",
        "postcode": "97201",
        "country": "US",
    }
    delivery = PrintDelivery.go_to(subscribe(ada, yearly), home)
    day = f"{clock.now() + timedelta(days=3):%Y-%m-%d}"
    typed = {"edition": "en-us", "closing_on": day}
    assert desk.post("/desk/printer_lists/issue/", typed).status_code == 302
    assert "issued already" in desk.post("/desk/printer_lists/issue/", typed).text
    issued = PrinterList.objects.get()
    assert "1 new" in words(desk.get(f"/desk/printer_lists/{issued.pk}/"))
    address = f"/desk/printer_lists/{issued.pk}/file.csv"
    first = desk.get(address)
    assert first.headers["Content-Disposition"].startswith("attachment")
    row = first.content.decode("utf-8-sig").splitlines()[1]
    assert row.startswith(
        f"{delivery.subscription.number},new,'=Ada Čapek,,14 Quay Street,97201,PORTLAND,OR,US,"
    )
    PrintDelivery.go_to(delivery.subscription, home | {"street": "Elsewhere 1"})
    assert desk.get(address).content == first.content
    lacking = desk.get(address, {"encoding": "cp1252", "part": "changes", "delimiter": ";"}, follow=True)
    assert "1 addresses have letters that Windows (Western Europe) lacks" in words(lacking)
    assert desk.get(address, {"encoding": "nonsense"}).status_code == 302


def test_a_reporter_sees_none_of_it(dev: Person) -> None:
    client = signed_in(dev)
    for name in ("houses", "house_files", "print_subscribers", "print_doubts", "printer_lists"):
        assert client.get(f"/desk/{name}/").status_code in {302, 403}, name
    assert client.get("/desk/printer_lists/1/file.csv").status_code in {302, 403}
    assert client.get("/desk/house_files/upload/").status_code in {302, 403}
