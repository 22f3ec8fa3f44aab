"""The desk's list of users, where staff make and change people."""

from typing import Any

import pytest
from django.test import Client

from broadsheet.people.models import Person
from tests.cast import signed_in
from tests.people.conftest import page

NEW = {"email": "Nina@Magazine.example", "first_name": "Nina", "last_name": "Lund"}


@pytest.fixture
def gretas(greta: Person) -> Client:
    return signed_in(greta)


def test_a_person_is_made_without_username_or_password(gretas: Client) -> None:
    form = page(gretas.get("/desk/users/new/"))
    assert "password" not in form.lower().replace("password_reset", "")
    assert gretas.post("/desk/users/new/", NEW).status_code == 302
    nina = Person.objects.get(email="nina@magazine.example")
    assert not nina.has_usable_password()


@pytest.mark.parametrize("email", ["ada@reader.example", "ADA@Reader.example"])
def test_an_address_is_there_once_whatever_its_case(email: str, ada: Person, gretas: Client) -> None:
    answer = gretas.post("/desk/users/new/", NEW | {"email": email})
    assert answer.status_code == 200
    assert "There is already an account with this address." in page(answer)


def test_a_reader_without_a_name_can_be_changed(gretas: Client) -> None:
    nina = Person.objects.create_user("nina@reader.example")
    data: dict[str, Any] = {"email": "nina@new.example", "first_name": "", "last_name": "", "is_active": "on"}
    assert gretas.post(f"/desk/users/edit/{nina.pk}/", data).status_code == 302
    nina.refresh_from_db()
    assert nina.email == "nina@new.example"
    assert not nina.has_usable_password()


def test_the_desks_own_profile_offers_neither_password_nor_address(gretas: Client) -> None:
    profile = page(gretas.get("/desk/account/"))
    assert 'name="password' not in profile
    assert 'name="name_email-email"' not in profile


def test_the_list_shows_staff_and_their_roles(greta: Person, dev: Person, ada: Person) -> None:
    listed = signed_in(greta).get("/desk/users/").text

    assert "Dev Patel" in listed
    assert "Reporter" in listed
    assert "Ada Brandt" not in listed
    assert "Ada Brandt" in signed_in(greta).get("/desk/users/?q=ada").text
