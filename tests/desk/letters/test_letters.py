"""Letters at the desk, by each role that they are for; each form twice, as with the back button."""

import re
from typing import Any

import pytest
from django.test import Client
from wagtail.models import ModelLogEntry

from broadsheet.editorial.models import Article, LetterState, LetterToEditor
from broadsheet.people.models import Person
from tests.cast import signed_in
from tests.editorial.letters.made import EDITED, TEXT, arrive, take_letters
from tests.magazine import Magazine

ACTS = [
    "edit",
    "drop-edits",
    "assign",
    "choose",
    "send",
    "publish",
    "take-down",
    "reply",
    "decline",
    "reconsider",
]


@pytest.fixture
def harbour(magazine: Magazine) -> Article:
    take_letters(magazine)
    return magazine.article("harbour")


@pytest.fixture
def letter(harbour: Article, ada: Person) -> LetterToEditor:
    return arrive(harbour, person=ada)


def record(letter: LetterToEditor, act: str = "") -> str:
    return f"/desk/letters/{letter.pk}/{f'{act}/' if act else ''}"


def form_of(client: Client, address: str) -> dict[str, str]:
    """The hidden fields, as a browser would send them."""
    page = client.get(address).text
    found = re.findall(r'<input type="hidden" name="(once|seen)" value="([^"]*)"', page)
    return dict(found)


def press(client: Client, letter: LetterToEditor, act: str, **fields: Any) -> Any:
    """Twice with the same form: the second press must change nothing more."""
    address = record(letter, act)
    typed = form_of(client, address) | fields
    first, second = client.post(address, typed), client.post(address, typed)
    assert first.status_code == 302, re.findall(r"error[^<]*<[^>]*>([^<]*)", first.text)
    assert second.status_code == 302
    letter.refresh_from_db()
    return first


def test_who_may_see_and_edit_letters(
    letter: LetterToEditor, carla: Person, dev: Person, edith: Person, farid: Person, greta: Person
) -> None:
    for person, sees, edits in (
        (carla, True, True),
        (greta, True, True),
        (dev, True, False),
        (edith, False, False),
        (farid, False, False),
    ):
        client = signed_in(person)
        for address in ("/desk/letters/", record(letter)):
            response = client.get(address)
            assert (response.status_code == 200) is sees, (person, address)
            assert ("ada@reader.example" in response.text) is (edits and address != "/desk/letters/")
        assert ("/desk/letters/" in client.get("/desk/").text) is sees
        for act in ACTS:
            assert (client.get(record(letter, act)).status_code == 200) is edits, (person, act)


def test_an_editor_takes_a_letter_from_its_arrival_to_the_page(
    letter: LetterToEditor, carla: Person, client: Client
) -> None:
    desk = signed_in(carla)
    press(desk, letter, "assign", to=carla.pk)
    press(desk, letter, "choose")
    press(desk, letter, "edit", text=EDITED)
    assert '<del>forgets</del><ins class="instead">omits</ins>' in desk.get(record(letter)).text
    assert desk.post(record(letter, "publish"), form_of(desk, record(letter, "publish"))).status_code == 200
    press(desk, letter, "send", note="As the style book has it.")
    assert letter.proofs.count() == 1
    assert letter.state == LetterState.AWAITING
    letter.agree(letter.proofs.get())
    press(desk, letter, "reply", reply="We are sorry, and have added the ferry.")
    press(desk, letter, "publish")
    page = client.get("/world/harbour/").text
    assert EDITED in page
    assert "added the ferry" in page
    press(desk, letter, "take-down")
    assert EDITED not in client.get("/world/harbour/").text
    press(desk, letter, "publish")
    said = ModelLogEntry.objects.filter(action__startswith="letter.").order_by("pk")
    assert [entry.action for entry in said] == [
        f"letter.{act}"
        for act in ("assign", "choose", "edit", "send", "reply", "publish", "take_down", "publish")
    ]
    assert all(entry.label == f"Letter to the editor {letter.number}" for entry in said)


def test_edits_are_dropped_and_letters_declined_and_considered_again(
    letter: LetterToEditor, carla: Person
) -> None:
    desk = signed_in(carla)
    press(desk, letter, "choose")
    press(desk, letter, "edit", text=EDITED)
    press(desk, letter, "drop-edits")
    assert letter.draft == TEXT
    press(desk, letter, "decline", tells="on")
    assert letter.state == LetterState.DECLINED
    press(desk, letter, "reconsider")
    assert letter.state == LetterState.NEW


def test_whoever_was_slower_sees_what_the_other_wrote(
    letter: LetterToEditor, carla: Person, greta: Person
) -> None:
    letter.choose()
    slow = signed_in(carla)
    typed = form_of(slow, record(letter, "edit"))
    press(signed_in(greta), letter, "edit", text=EDITED)
    mine = TEXT.replace("1931", "1932")
    assert f"<p>{TEXT}</p>" in slow.get(record(letter, "edit")).text  # beside the field
    empty = slow.post(record(letter, "edit"), typed | {"text": ""}).text
    assert f'name="seen" value="{typed["seen"]}"' in empty, "a faulty form hides nothing that the other wrote"
    page = slow.post(record(letter, "edit"), typed | {"text": mine})
    assert page.status_code == 200
    assert "The letter was edited" in page.text
    assert f"<p>{EDITED}</p>" in page.text
    assert mine in page.text
    letter.refresh_from_db()
    assert letter.draft == EDITED


def test_what_is_not_confirmed_is_not_at_the_desk(harbour: Article, carla: Person) -> None:
    letter = LetterToEditor.objects.create(
        article=harbour, edition="en-us", name="Mallory", email="m@stranger.example", text=TEXT
    )
    desk = signed_in(carla)
    assert desk.get(record(letter)).status_code == 404
    assert desk.get(record(letter, "choose")).status_code == 404
    assert "Mallory" not in desk.get("/desk/letters/").text


def test_letters_are_filtered(letter: LetterToEditor, magazine: Magazine, carla: Person, ada: Person) -> None:
    other = arrive(magazine.article("reef"), person=ada, name="Zoe Reef")
    other.choose()
    other.assign(carla)
    desk = signed_in(carla)
    for query, found in (
        ("", {"Ada Brandt", "Zoe Reef"}),
        ("state=new", {"Ada Brandt"}),
        ("state=chosen", {"Zoe Reef"}),
        (f"article={other.article_id}", {"Zoe Reef"}),
        ("assigned=me", {"Zoe Reef"}),
        ("edition=en-gb", set()),
        ("q=zoe", {"Zoe Reef"}),
        (f"q={letter.number}", {"Ada Brandt"}),
    ):
        rows = desk.get(f"/desk/letters/results/?{query}").text
        assert {name for name in ("Ada Brandt", "Zoe Reef") if name in rows} == found, query


def test_the_first_page_says_which_letters_wait(letter: LetterToEditor, carla: Person, dev: Person) -> None:
    assert f'href="{record(letter)}"' in signed_in(carla).get("/desk/").text
    assert record(letter) not in signed_in(dev).get("/desk/").text
    letter.choose()
    assert record(letter) not in signed_in(carla).get("/desk/").text
