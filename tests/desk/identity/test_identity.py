"""Settings → Identity, by those whom it is for and those whom it isn't."""

import json
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from wagtail.models import ModelLogEntry

from broadsheet.editorial.models import Publication
from broadsheet.identity.choices import Layout, Masthead
from broadsheet.identity.models import Identity, Menus
from broadsheet.people.models import Person
from tests.cast import signed_in
from tests.identity.made import applied
from tests.magazine import Magazine
from tests.parallel import at_once

EDIT, PREVIEW, APPLY = "/desk/identity/all/", "/desk/identity/all/preview/", "/desk/identity/all/apply/"
ANSWERS = {
    "name": "The Northern Review",
    "motto": "Seen from above",
    "about": "",
    "accent": "#0B5D3B",
    "accent_dark": "",
    "paper": "white",
    "pairing": "source",
    "masthead": "left",
    "layout": "magazine",
    "links": "https://bsky.app/profile/x",
    "share_picture": "",
}
LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><path d="M0 0h4v1z"/></svg>'


def test_an_editor_changes_looks_and_applies(client: Client, magazine: Magazine, carla: Person) -> None:
    desk = signed_in(carla)
    assert "The Meridian" in desk.get(EDIT).text
    assert desk.post(EDIT, ANSWERS).headers["Location"] == PREVIEW
    assert "The Northern Review" not in client.get("/").text
    for page in ("front", "article", "wall", "letter"):
        shown = desk.get(f"{PREVIEW}{page}/?scheme=dark").text
        assert "data-scheme" in shown
        assert 'href="/' not in shown.split("<body", 1)[1].replace("/static/", "").replace("/identity/", "")
        assert "#0b5d3b" in shown or Identity.objects.get().sheet.address in shown  # type: ignore[union-attr]
    assert "The Northern Review" in desk.get(f"{PREVIEW}front/").text
    page = desk.get(PREVIEW)
    assert desk.post(APPLY, {"over": page.context["over"]}).headers["Location"] == EDIT
    assert "The Northern Review" in client.get("/").text
    assert Publication.load().name == "The Northern Review"
    [entry] = ModelLogEntry.objects.filter(action="identity.apply")
    assert entry.user == carla
    # Back, and again.
    assert desk.get(PREVIEW).headers["Location"] == EDIT
    assert desk.post(APPLY, {"over": ""}).headers["Location"] == EDIT
    assert ModelLogEntry.objects.filter(action="identity.apply").count() == 1


def test_a_preview_is_its_makers_alone_and_kept_nowhere(
    magazine: Magazine, carla: Person, greta: Person
) -> None:
    desk = signed_in(carla)
    desk.post(EDIT, ANSWERS)
    assert desk.get(f"{PREVIEW}front/").headers["Cache-Control"].startswith("private, no-store")
    assert signed_in(greta).get(f"{PREVIEW}front/").status_code == 404
    assert Client().get(f"{PREVIEW}front/").status_code == 302
    assert "The Northern Review" not in Client().get("/").text


@pytest.mark.parametrize("who", ["dev", "edith", "farid", "ada"])
def test_others_may_not(request: pytest.FixtureRequest, magazine: Magazine, who: str) -> None:
    desk = signed_in(request.getfixturevalue(who))
    for address in (EDIT, PREVIEW, f"{PREVIEW}front/"):
        assert desk.get(address).status_code in {302, 403}
    for address in (APPLY, "/desk/identity/all/drop/", EDIT):
        assert desk.post(address, ANSWERS).status_code in {302, 403}
    assert not Identity.objects.exists()


def test_a_colour_that_can_t_be_read_is_refused_with_one_that_can(magazine: Magazine, carla: Person) -> None:
    desk = signed_in(carla)
    logo = SimpleUploadedFile("logo.svg", LOGO)
    response = desk.post(EDIT, ANSWERS | {"accent": "#ffcc00", "logo_file": logo})
    said = " ".join(response.context["form"].errors["accent"])
    assert "its contrast is 1.3 to 1" in said
    near = said.rpartition("#")[2][:6]
    assert "The Northern Review" in response.text  # what was typed stands there
    kept = response.context["form"].instance.logo.pk
    assert f'name="kept_logo" value="{kept}"' in response.text
    assert desk.post(EDIT, ANSWERS | {"accent": f"#{near}", "kept_logo": kept}).status_code == 303
    assert Identity.objects.get().logo_id == kept


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("accent", "reddish"),
        ("links", "javascript:alert(1)"),
        ("links", "\n".join(f"https://site{number}.example/x" for number in range(20))),
        ("pairing", "comic-sans"),
    ],
)
def test_bad_answers_are_told_and_kept(magazine: Magazine, carla: Person, field: str, value: str) -> None:
    response = signed_in(carla).post(EDIT, ANSWERS | {field: value})
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert not Identity.objects.exists()


def test_a_file_that_is_no_picture_is_told(magazine: Magazine, carla: Person) -> None:
    for field in ("logo_file", "logo_dark_file", "icon_file"):
        for content in (b"MZ\x00", b"<svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"):
            upload = SimpleUploadedFile("logo.svg", content)
            response = signed_in(carla).post(EDIT, ANSWERS | {field: upload})
            assert field in response.context["form"].errors


def test_who_applied_meanwhile_is_named_and_may_be_overruled(
    magazine: Magazine, carla: Person, greta: Person
) -> None:
    desk = signed_in(carla)
    desk.post(EDIT, ANSWERS)
    seen = desk.get(PREVIEW).context["over"]
    applied(greta, name="Greta’s Own")
    assert desk.post(APPLY, {"over": seen}).headers["Location"] == PREVIEW
    assert Publication.load().name == "Greta’s Own"
    page = desk.get(PREVIEW)
    assert "Greta Olsen" in page.text
    desk.post(APPLY, {"over": page.context["over"]})
    assert Publication.load().name == "The Northern Review"


def test_a_former_identity_is_brought_back_by_way_of_a_draft(magazine: Magazine, carla: Person) -> None:
    first = applied(carla, name="First Name", accent="#0b5d3b")
    applied(carla, name="Second Name")
    desk = signed_in(carla)
    assert desk.post(f"/desk/identity/all/former/{first.pk}/").headers["Location"] == PREVIEW
    assert Publication.load().name == "Second Name"
    desk.post(APPLY, {"over": desk.get(PREVIEW).context["over"]})
    assert Publication.load().name == "First Name"


def test_an_edition_has_no_name_of_its_own_and_may_follow_again(
    client: Client, magazine: Magazine, carla: Person
) -> None:
    desk = signed_in(carla)
    address = "/desk/identity/en-gb/"
    assert 'name="name"' not in desk.get(address).text
    desk.post(address, ANSWERS | {"name": "Another"})
    desk.post(f"{address}apply/", {"over": "0"})
    assert Publication.load().name == "The Meridian"
    assert "Seen from above" in client.get("/uk/").text
    desk.post(f"{address}follow/")
    assert "Seen from above" not in client.get("/uk/").text
    assert desk.get("/desk/identity/fr-fr/").status_code == 404


def test_a_draft_is_dropped(magazine: Magazine, carla: Person) -> None:
    desk = signed_in(carla)
    desk.post(EDIT, ANSWERS)
    desk.post("/desk/identity/all/drop/")
    assert not Identity.objects.exists()


def test_each_edition_has_its_menus_at_the_desk(client: Client, magazine: Magazine, carla: Person) -> None:
    desk = signed_in(carla)
    listed = desk.get("/desk/snippets/identity/menus/")
    assert "The Meridian UK" in listed.text
    row = Menus.objects.get(edition__language_code="en-us")
    page = desk.get(f"/desk/snippets/identity/menus/edit/{row.pk}/")
    assert page.status_code == 200
    blocks = {
        "main-count": "1",
        "main-0-deleted": "",
        "main-0-order": "0",
        "main-0-type": "address",
        "main-0-id": "",
        "main-0-value-address": "https://shop.example/",
        "main-0-value-label": "Shop",
        "secondary-count": "0",
        "footer-count": "0",
    }
    assert desk.post(f"/desk/snippets/identity/menus/edit/{row.pk}/", blocks).status_code == 302
    assert "https://shop.example/" in client.get("/").text
    assert ModelLogEntry.objects.filter(content_type__model="menus", user=carla).exists()
    assert json.loads(json.dumps(Menus.objects.get(pk=row.pk).main.raw_data[0]["value"]))["label"] == "Shop"


def test_the_list_of_former_ones_costs_the_same_however_long(magazine: Magazine, carla: Person) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    desk = signed_in(carla)
    desk.get(EDIT)
    numbers = []
    for length in (2, 8):
        while Identity.objects.count() < length:
            applied(carla)
        with CaptureQueriesContext(connection) as queries:
            desk.get(EDIT)
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]


def test_each_form_is_drawn_beside_its_words(magazine: Magazine, carla: Person) -> None:
    page = signed_in(carla).get("/desk/identity/all/").text
    sheet = Path(finders.find("desk/identity.css")).read_text()
    for field, choices in (("masthead", Masthead), ("layout", Layout)):
        for choice in choices:
            name = f"{field}-{choice.value}"
            assert f'class="identity-drawing identity-drawing-{name}" aria-hidden="true"' in page
            assert str(choice.label) in page
            assert f'url("identity/{name}.svg")' in sheet
            assert finders.find(f"desk/identity/{name}.svg")


@pytest.mark.django_db(transaction=True)
def test_a_button_that_is_pressed_twice_at_once_does_it_once(magazine: Magazine, carla: Person) -> None:
    former = applied(carla, name="First Name")
    applied(carla, name="Second Name")

    def press(address: str, **fields: object) -> str:
        return str(signed_in(carla).post(address, fields).headers["Location"])

    again = f"/desk/identity/all/former/{former.pk}/"
    assert at_once(*[lambda: press(again)] * 3) == [PREVIEW] * 3
    over = signed_in(carla).get(PREVIEW).context["over"]
    assert at_once(*[lambda: press(APPLY, over=over)] * 3) == [EDIT] * 3
    assert Publication.load().name == "First Name"
    assert ModelLogEntry.objects.filter(action="identity.apply").count() == 1
