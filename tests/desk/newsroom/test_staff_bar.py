"""Wagtail's bar on readers' pages: there for staff, and in nothing that a cache could keep."""

import json

import pytest
from django.test import Client

from broadsheet.desk.newsroom.staff_bar import COOKIE
from broadsheet.people.models import Person
from tests.cast import signed_in
from tests.desk.editor import fields
from tests.magazine import Magazine

BAR = "<wagtail-userbar>"


def at_desk(person: Person) -> Client:
    """A browser in which `person` has signed in and been at the desk."""
    client = signed_in(person)
    client.get("/desk/")
    return client


@pytest.mark.parametrize("path", ["/", "/world/", "/world/reef/", "/good-news/swifts/"])
@pytest.mark.parametrize("who", ["dev", "carla"])
def test_staff_are_led_from_a_page_to_its_editor(magazine: Magazine, request, who, path):
    client = at_desk(request.getfixturevalue(who))
    response = client.get(path)
    page = response.content.decode()
    assert BAR in page
    assert response["Cache-Control"] == "private, no-store"
    assert "unsafe" not in response["Content-Security-Policy"]
    if path.count("/") == 3:
        assert "Edit this page" in page


@pytest.mark.parametrize("path", ["/", "/world/", "/world/reef/", "/good-news/swifts/"])
def test_readers_get_no_bar_and_the_same_bytes_as_before_the_staff_came(
    magazine: Magazine, carla, ada, client, path
):
    before = client.get(path).content
    at_desk(carla).get(path)
    client.cookies.clear()
    assert client.get(path).content == before
    assert BAR not in before.decode()
    reader = signed_in(ada)
    reader.cookies[COOKIE] = "1"
    assert BAR not in reader.get(path).content.decode()


def test_a_missing_page_has_no_bar(magazine: Magazine, carla):
    assert BAR not in at_desk(carla).get("/nowhere/").content.decode()


def test_the_preview_beside_the_editor_is_the_page_alone_with_what_the_checks_need(magazine: Magazine, dev):
    client = signed_in(dev)
    address = f"/desk/pages/{magazine.draft.pk}/edit/preview/"
    assert json.loads(client.post(address, fields(title="Half-way", slug="almanac")).content)["is_available"]
    beside = client.get(f"{address}?in_preview_panel=true").content.decode()
    assert BAR in beside
    assert "preview-bar" not in beside
    assert '"include": ["main"]' in beside
    alone = client.get(address).content.decode()
    assert BAR in alone
    assert "preview-bar" in alone
