"""Writing to the editor, up to the letter at the desk."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from broadsheet.editorial.letters.keeping import forget_letters
from broadsheet.editorial.models import Article, LetterState, LetterToEditor, Naming
from broadsheet.notices.posting import post_due
from broadsheet.people.models import MailedCode, Person
from broadsheet.platform import clock
from broadsheet.platform.models import Lease
from tests.cast import STRANGER, signed_in
from tests.editorial.letters.made import TEXT, take_letters
from tests.magazine import Magazine
from tests.parallel import at_once

HERE = {"Sec-Fetch-Site": "same-origin"}
WRITTEN = {
    "text": TEXT,
    "name": "Mallory Stone",
    "place": "Leeds",
    "naming": "initials",
    "interest": "I work for the ferry.",
    "email": STRANGER,
    "consent": "on",
}


@pytest.fixture(autouse=True)
def _fresh_counts(db: None) -> None:
    cache.clear()


@pytest.fixture
def browser(harbour: Article) -> Client:
    return Client(headers=HERE)


def send(browser: Client, article: Article, **changes: Any) -> Any:
    fields = {name: value for name, value in (WRITTEN | changes).items() if value is not None}
    return browser.post(f"/letters/write/{article.uuid}", fields)


def link_in(message: Any) -> str:
    found = re.search(r"/letters/\S+", message.body)
    assert found
    return found[0]


def test_off_until_an_edition_takes_letters(magazine: Magazine, client: Client) -> None:
    article = magazine.article("harbour")
    assert "/letters/" not in client.get("/world/harbour/").text
    for address in (f"/letters/write/{article.uuid}", "/letters/", f"/letters/{article.uuid}/"):
        assert client.get(address).status_code == 404
    take_letters(magazine)
    assert f"/letters/write/{article.uuid}" in client.get("/world/harbour/").text
    assert client.get(f"/letters/write/{article.uuid}").status_code == 200
    # The other edition takes none.
    assert client.get(f"/uk/letters/write/{article.uuid}").status_code == 404
    assert "/letters/" not in client.get("/uk/world/harbour/").text


def test_an_article_can_be_closed_to_letters(harbour: Article, client: Client) -> None:
    harbour.closed_to_letters = True
    harbour.save_revision(log_action=False).publish(log_action=None)
    assert "/letters/write/" not in client.get("/world/harbour/").text
    assert client.get(f"/letters/write/{harbour.uuid}").status_code == 404


def test_a_strangers_letter_reaches_the_desk_once_the_address_is_confirmed(
    browser: Client, harbour: Article, mailoutbox: list[Any]
) -> None:
    response = send(browser, harbour)
    assert (response.status_code, response.headers["Location"]) == (303, "/letters/sent/")
    assert browser.get("/letters/sent/").status_code == 200
    letter = LetterToEditor.objects.get()
    assert letter.state == LetterState.UNCONFIRMED
    assert not LetterToEditor.objects.at_the_desk().exists()
    (message,) = mailoutbox
    assert message.to == [STRANGER]
    # Whoever’s address it is, they must not be sent what a stranger wrote.
    assert not any(word in message.body for word in ("ferry", "Mallory"))
    link = link_in(message)
    assert TEXT in browser.get(link).text
    letter.refresh_from_db()
    assert letter.state == LetterState.UNCONFIRMED  # a scanner opened it
    own = browser.post(link)
    assert own.status_code == 303
    letter.refresh_from_db()
    assert (letter.state, letter.agreed, letter.naming) == (LetterState.NEW, TEXT, Naming.INITIALS)
    assert letter.signature == "M. S., Leeds"
    page = browser.get(own.headers["Location"])
    assert TEXT in page.text
    assert STRANGER not in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    # The link again, or the button once more, leads to the letter.
    assert (
        browser.get(link).headers["Location"]
        == browser.post(link).headers["Location"]
        == own.headers["Location"]
    )
    post_due()
    assert mailoutbox[-1].subject == "We have your letter to the editor"
    assert own.headers["Location"] in mailoutbox[-1].body


def test_a_reader_who_is_signed_in_need_not_confirm(
    harbour: Article, ada: Person, mailoutbox: list[Any]
) -> None:
    client = signed_in(ada)
    page = client.get(f"/letters/write/{harbour.uuid}")
    assert f'value="{ada.email}"' in page.text
    assert 'value="Ada Brandt"' in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    response = client.post(f"/letters/write/{harbour.uuid}", WRITTEN | {"email": ada.email}, headers=HERE)
    assert "/letters/yours/" in response.headers["Location"]
    letter = LetterToEditor.objects.get()
    assert (letter.state, letter.person) == (LetterState.NEW, ada)
    # Another address than their own has to be proven all the same.
    client.post(f"/letters/write/{harbour.uuid}", WRITTEN | {"text": f"{TEXT} Yes."}, headers=HERE)
    assert LetterToEditor.objects.filter(state=LetterState.UNCONFIRMED, person=None).exists()


def test_the_button_pressed_twice_sends_one_letter(
    browser: Client, harbour: Article, mailoutbox: list[Any]
) -> None:
    for _ in range(2):
        assert send(browser, harbour).status_code == 303
    assert LetterToEditor.objects.count() == 1
    browser.post(link_in(mailoutbox[-1]))
    assert send(browser, harbour).headers["Location"] == "/letters/sent/"
    assert [letter.state for letter in LetterToEditor.objects.all()] == [LetterState.NEW]
    assert len(mailoutbox) == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"text": ""}, "Write your letter."),
        ({"text": "Too short."}, "at least 20 characters"),
        ({"text": "x" * 3_001}, "Your letter has 3001 characters"),
        ({"text": f"{TEXT} \u202egnirts"}, "invisible marks"),
        ({"name": "Ann\u2066 Marsh"}, "invisible marks"),
        ({"name": ""}, "Enter your name"),
        ({"name": "http://spam.example"}, "as people know it"),
        ({"name": "?!"}, "as people know it"),
        ({"email": "mallory"}, "does not look like an e-mail address"),
        ({"naming": "nickname"}, "valid choice"),
        ({"consent": None}, "We need your consent"),
        ({"nothing": "x"}, "A field that must stay empty"),
        ({"place": "x" * 81}, "at most 80 characters"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    browser: Client, harbour: Article, mailoutbox: list[Any], changes: dict[str, Any], said: str
) -> None:
    response = send(browser, harbour, **changes)
    assert response.status_code == 400
    assert said in response.text
    kept = "I work for the ferry."
    assert f'value="{kept}"' in response.text
    assert not LetterToEditor.objects.exists()
    assert not mailoutbox


def test_control_marks_and_links_stay_text(browser: Client, harbour: Article) -> None:
    send(
        browser,
        harbour,
        text=f"\x07{TEXT}\r\n\r\n\r\n\r\n<b>See</b> https://ferry.example",
        name="Ann\r\nBcc: x",
    )
    letter = LetterToEditor.objects.get()
    assert letter.text == f"{TEXT}\n\n<b>See</b> https://ferry.example"
    assert letter.name == "Ann Bcc: x"


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {}], ids=str)
def test_a_letter_from_another_site_is_refused(harbour: Article, headers: dict[str, str]) -> None:
    assert send(Client(headers=headers), harbour).status_code == 403


def test_after_some_letters_it_says_so_and_keeps_what_was_typed(
    browser: Client, harbour: Article, mailoutbox: list[Any]
) -> None:
    statuses = [send(browser, harbour, text=f"{TEXT} {number}").status_code for number in range(6)]
    assert statuses[-1] == 429
    assert len(mailoutbox) < 6
    assert LetterToEditor.objects.count() == len(mailoutbox)


def test_bad_links_lead_nowhere(browser: Client, harbour: Article, mailoutbox: list[Any]) -> None:
    assert browser.get("/letters/confirm/nonsense").status_code == 400
    assert browser.get("/letters/yours/1:nonsense/").status_code == 404
    send(browser, harbour)
    MailedCode.objects.update(expires_at=clock.now())
    assert browser.post(link_in(mailoutbox[0])).status_code == 400
    assert LetterToEditor.objects.get().state == LetterState.UNCONFIRMED


def test_what_is_not_used_is_not_kept(browser: Client, harbour: Article, letter: LetterToEditor) -> None:
    send(browser, harbour)
    letter.decline(tells=False)
    now = clock.now()
    for days, left in ((6, 2), (8, 1), (179, 1), (181, 0)):
        Lease.objects.all().delete()
        forget_letters(at=now + timedelta(days=days))
        assert LetterToEditor.objects.count() == left, days


@pytest.mark.django_db(transaction=True)
def test_a_letter_that_is_sent_twice_at_once_is_one(harbour: Article) -> None:
    answers = at_once(*[lambda: send(Client(headers=HERE), harbour).status_code] * 4)
    assert answers == [303] * 4
    assert LetterToEditor.objects.count() == 1
