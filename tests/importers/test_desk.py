"""Moving in from the desk: upload, map, watch, report, undo."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext
from wagtail.users.models import UserProfile

from broadsheet.editorial.models import Article, Author, Picture, Section, Topic
from broadsheet.importers.models import Import, Imported, OldAddress
from broadsheet.importers.tending import tend
from broadsheet.newsletters.models import Consent, Mailbox, SignUp
from broadsheet.people.models import Person
from tests.cast import signed_in
from tests.importers.conftest import DATA
from tests.magazine import Magazine

GHOST = DATA / "ghost" / "made-by-ghost-6.65"
MODELS = (Article, Author, Picture, Section, Topic, Mailbox, SignUp, Person)


def files() -> list[SimpleUploadedFile]:
    found = [*GHOST.glob("*.json"), *GHOST.glob("*.csv"), *GHOST.rglob("*.png")]
    return [SimpleUploadedFile(file.name, file.read_bytes()) for file in found]


def upload(client: Client, **data: object) -> Import:
    given = {"source": "ghost", "edition": "en-us", "site": "", "export": files()} | data
    response = client.post("/desk/imports/new/", given)
    assert response.status_code == 303, response.content[:2000]
    return Import.objects.latest("pk")


@pytest.fixture
def desk(magazine: Magazine, greta: Person) -> Client:
    return signed_in(greta)


def test_an_export_is_moved_in(desk: Client) -> None:
    moving = upload(desk)
    page = f"/desk/imports/{moving.pk}/"
    moving.refresh_from_db()
    assert moving.state == Import.State.PLANNED
    assert not Article.objects.filter(slug="second-story").exists()
    shown = desk.get(page).text
    assert "What will come" in shown
    assert "Declare how" in shown
    # Without a declaration nothing begins, and the way leads to where it is made.
    assert desk.post(f"{page}carry-out/")["Location"] == f"{page}map/"
    form = desk.get(f"{page}map/").context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    assert desk.post(f"{page}map/", typed | {"declaration": "By a form with a check box."}).status_code == 303
    moving.refresh_from_db()
    assert moving.state == Import.State.PLANNED
    for _again in range(2):
        assert desk.post(f"{page}carry-out/")["Location"] == page
    moving.refresh_from_db()
    assert moving.state == Import.State.DONE
    assert desk.get("/news/second-story/").status_code == 200
    assert Consent.objects.latest("pk").words.startswith("Brought over from Ghost")
    assert "Greta Olsen" in Consent.objects.latest("pk").words
    assert "What came" in desk.get(page).text
    report = list(csv.reader(io.StringIO(desk.get(f"{page}report.csv").content.decode("utf-8-sig"))))
    assert ["article", "imported", "Second story", "/second-story/", "/news/second-story/", ""] in report
    assert "Ghost" in desk.get("/desk/imports/").text


def test_it_is_undone_as_a_whole(desk: Client) -> None:
    before = [set(model.objects.values_list("pk", flat=True)) for model in MODELS]
    moving = upload(desk)
    moving.want(moving.wanted.__class__(**moving.wishes | {"declaration": "Greta"}))
    desk.post(f"/desk/imports/{moving.pk}/carry-out/")
    assert Article.objects.filter(slug="second-story").exists()
    assert "All that this import made is deleted" in desk.get(f"/desk/imports/{moving.pk}/undo/").text
    assert desk.post(f"/desk/imports/{moving.pk}/undo/").status_code == 303
    moving.refresh_from_db()
    assert moving.state == Import.State.UNDONE
    assert [set(model.objects.values_list("pk", flat=True)) for model in MODELS] == before
    assert not OldAddress.objects.exclude(redirect=None).exists()
    assert desk.get("/second-story/").status_code == 404


def test_what_was_changed_here_keeps_it_from_being_undone(desk: Client) -> None:
    moving = upload(desk)
    moving.want(moving.wanted.__class__(**moving.wishes | {"declaration": "Greta"}))
    desk.post(f"/desk/imports/{moving.pk}/carry-out/")
    article = Article.objects.get(slug="second-story")
    article.title = "Second thoughts"
    article.save_revision()
    assert "Second story" in desk.post(f"/desk/imports/{moving.pk}/undo/").text
    moving.refresh_from_db()
    assert moving.state == Import.State.DONE


def test_uploaded_files_are_deleted_once_it_is_done(desk: Client) -> None:
    moving = upload(desk)
    assert moving.folder.exists()
    moving.want(moving.wanted.__class__(**moving.wishes | {"declaration": "Greta"}))
    desk.post(f"/desk/imports/{moving.pk}/carry-out/")
    assert not moving.folder.exists()


def test_uploaded_files_are_deleted_after_two_weeks(desk: Client) -> None:
    moving = upload(desk)
    tend()
    assert moving.folder.exists()
    Import.objects.filter(pk=moving.pk).update(created_at=moving.created_at - timedelta(days=15))
    tend()
    assert not moving.folder.exists()
    assert "deleted" in desk.get(f"/desk/imports/{moving.pk}/").text


def test_what_is_no_export_says_so(desk: Client) -> None:
    moving = upload(desk, export=[SimpleUploadedFile("notes.json", b"not even JSON")])
    moving.refresh_from_db()
    assert moving.state == Import.State.FAILED
    assert "There is no export of Ghost in these files." in desk.get(f"/desk/imports/{moving.pk}/").text


def test_a_form_without_files_is_asked_for_them(desk: Client) -> None:
    response = desk.post("/desk/imports/new/", {"source": "ghost", "edition": "en-us"})
    assert "This field is required" in response.text
    assert not Import.objects.exists()


def test_only_operators_move_in(magazine: Magazine, carla: Person, dev: Person, greta: Person) -> None:
    moving = upload(signed_in(greta))
    pages = [
        "",
        "new/",
        f"{moving.pk}/",
        f"{moving.pk}/progress/",
        f"{moving.pk}/report.csv",
        f"{moving.pk}/map/",
    ]
    for person in (carla, dev):
        client = signed_in(person)
        for page in [*pages, f"{moving.pk}/undo/"]:
            assert client.get(f"/desk/imports/{page}").status_code in {302, 403}, page
        for act in ("carry-out", "undo", "read-again"):
            assert client.post(f"/desk/imports/{moving.pk}/{act}/").status_code in {302, 403}
        assert "/desk/imports/" not in client.get("/desk/").text
    assert "/desk/imports/" in signed_in(greta).get("/desk/").text


def test_a_file_name_stays_in_its_folder(desk: Client, tmp_path: Path) -> None:
    moving = upload(desk, export=[SimpleUploadedFile("../../escaped.json", b"{}")])
    assert moving.files == ["escaped.json"]
    assert not Imported.objects.exists()


def test_what_is_found_is_said_in_the_language_of_whoever_began_it(desk: Client, greta: Person) -> None:
    profile = UserProfile.get_for_user(greta)
    profile.preferred_language = "de"
    profile.save()
    moving = upload(desk)
    with translation.override("de"):
        words = gettext("Accounts and password hashes are not taken over. Invite your staff here.")
    assert not words.startswith("Accounts and")
    assert moving.findings.filter(words=words).exists()
