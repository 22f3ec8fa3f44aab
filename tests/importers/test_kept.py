"""What the old system knew of readers is seen at the desk, found by label, and exported."""

import csv
import io
import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.management import call_command

from broadsheet.newsletters.models import Label, Mailbox
from broadsheet.people.account import everything_about
from broadsheet.people.models import Person
from tests.cast import signed_in
from tests.importers.conftest import Bring

ANN, CARD = "ann@x.example", "card@x.example"


@pytest.fixture
def moved(bring: Bring, tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    file.write_text(
        "email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,labels,tiers\n"
        f'{ANN},Ann Lee,met <b>at</b> the fair,true,,,2024-01-02,"Founder,Press",\n'
        f"{CARD},Carl,asks for paper,true,true,cus_77,2024-01-02,Founder,Gold\n"
    )
    bring("readers", file)


def test_it_stands_on_the_reader_s_pages(moved: None, greta: Person) -> None:
    desk = signed_in(greta)
    box = Mailbox.objects.get(address=ANN)
    page = desk.get(f"/desk/sign-ups/reader/{box.pk}/").text
    assert "met &lt;b&gt;at&lt;/b&gt; the fair" in page
    assert "Ann Lee" in page
    assert "Founder, Press" in page
    card = Person.objects.get(email=CARD)
    page = desk.get(f"/desk/readers/{card.pk}/").text
    for said in ("asks for paper", "cus_77", "Gold", "Founder"):
        assert said in page


def test_readers_are_found_by_label(moved: None, greta: Person) -> None:
    desk = signed_in(greta)
    press = Label.objects.get(name="Press")
    found = desk.get("/desk/sign-ups/results/", {"label": press.pk}).text
    assert ANN in found
    assert CARD not in found


def test_nothing_stands_there_of_who_did_not_come_from_elsewhere(greta: Person, ada: Person) -> None:
    box = Mailbox.objects.create(address="new@x.example", edition="en-us")
    desk = signed_in(greta)
    for page in (f"/desk/sign-ups/reader/{box.pk}/", f"/desk/readers/{ada.pk}/"):
        assert "old site" not in desk.get(page).text


def test_it_goes_along_in_every_export(moved: None, tmp_path: Path) -> None:
    archive = tmp_path / "all.zip"
    call_command("export", str(archive))
    with ZipFile(archive) as opened:
        boxes = {row["address"]: row for row in map(json.loads, opened.read("mailboxes.jsonl").splitlines())}
        table = list(csv.DictReader(io.StringIO(opened.read("readers.csv").decode("utf-8-sig"))))
    assert boxes[ANN]["labels"] == ["Founder", "Press"]
    assert boxes[ANN]["before_moving_here"]["note"] == "met <b>at</b> the fair"
    ann = next(row for row in table if row["email"] == ANN)
    assert (ann["name"], ann["labels"], ann["note"]) == (
        "Ann Lee",
        "Founder, Press",
        "met <b>at</b> the fair",
    )
    for form, name in (("ghost", "members.csv"), ("wordpress", "readers.csv")):
        archive = tmp_path / f"{form}.zip"
        call_command("export", str(archive), form=form, edition="en-us")
        with ZipFile(archive) as opened:
            rows = list(csv.DictReader(io.StringIO(opened.read(name).decode("utf-8-sig"))))
        assert next(row for row in rows if row["email"] == ANN)["note"] == "met <b>at</b> the fair"
    assert everything_about(Person.objects.get(email=CARD))["before_moving_here"]["note"] == "asks for paper"


def test_our_own_table_of_readers_comes_back(moved: None, bring: Bring, tmp_path: Path) -> None:
    archive = tmp_path / "all.zip"
    call_command("export", str(archive))
    with ZipFile(archive) as opened:
        opened.extract("readers.csv", tmp_path)
    Mailbox.objects.all().delete()
    bring("readers", tmp_path / "readers.csv")
    box = Mailbox.objects.get(address=ANN)
    assert box.kept.note == "met <b>at</b> the fair"
    assert {one.label.name for one in box.labellings.all()} == {"Founder", "Press"}
