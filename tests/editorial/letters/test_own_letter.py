"""What a writer does by their link, and what becomes of letters with an account."""

from typing import Any

from django.test import Client

from broadsheet.editorial.letters.account import export, losses
from broadsheet.editorial.letters.links import path_to
from broadsheet.editorial.models import Article, LetterState, LetterToEditor, Proof
from broadsheet.notices.posting import post_due
from broadsheet.people.models import Person
from tests.cast import introduce
from tests.editorial.letters.made import EDITED, TEXT, arrive, printed

HERE = {"Sec-Fetch-Site": "same-origin"}


def edited(letter: LetterToEditor) -> Proof:
    letter.choose()
    letter.edit(EDITED, seen=letter.draft)
    return letter.send_proof("The style book says “omits”.", None)


def answer(letter: LetterToEditor, **fields: Any) -> Any:
    return Client(headers=HERE).post(path_to(letter), fields)


def test_the_writer_sees_the_changes_and_agrees(
    letter: LetterToEditor, client: Client, mailoutbox: list[Any]
) -> None:
    proof = edited(letter)
    post_due()
    message = next(one for one in mailoutbox if "do you agree" in one.subject)
    assert path_to(letter) in message.body
    page = client.get(path_to(letter)).text
    assert '<del>forgets</del><ins class="instead">omits</ins>' in page
    assert "The style book" in page
    assert answer(letter, act="agree", proof=proof.pk).status_code == 303
    letter.refresh_from_db()
    assert (letter.state, letter.agreed) == (LetterState.AGREED, EDITED)
    # With the back button.
    again = answer(letter, act="agree", proof=proof.pk)
    assert again.status_code == 409
    assert "edited or answered" in again.text


def test_the_writer_asks_for_another_change(letter: LetterToEditor) -> None:
    proof = edited(letter)
    assert answer(letter, act="change", proof=proof.pk, words="").status_code == 400
    assert answer(letter, act="change", proof=proof.pk, words="“Forgets”, please.").status_code == 303
    letter.refresh_from_db()
    assert (letter.state, letter.asks, letter.agreed) == (LetterState.CHOSEN, "“Forgets”, please.", TEXT)


def test_nothing_happens_by_a_get_or_from_another_site(letter: LetterToEditor, client: Client) -> None:
    proof = edited(letter)
    client.get(f"{path_to(letter)}?act=agree&proof={proof.pk}")
    elsewhere = Client(headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.post(path_to(letter), {"act": "withdraw"}).status_code == 403
    for nonsense in ("", "x", "²", "9" * 30, "0"):
        assert answer(letter, act="agree", proof=nonsense).status_code == 400
    letter.refresh_from_db()
    assert letter.state == LetterState.AWAITING


def test_a_published_letter_is_withdrawn_at_once(harbour: Article, ada: Person, client: Client) -> None:
    letter = printed(harbour, person=ada)
    assert TEXT in client.get("/world/harbour/").text
    assert answer(letter, act="withdraw").status_code == 303
    assert TEXT not in client.get("/world/harbour/").text
    assert "withdrawn" in client.get(path_to(letter)).text
    assert answer(letter, act="withdraw").status_code == 303


def test_the_export_holds_their_letters_and_nobody_elses(harbour: Article, ada: Person) -> None:
    letter = arrive(harbour, person=ada)
    edited(letter)
    arrive(harbour, email="bruno@reader.example")
    LetterToEditor.objects.create(article=harbour, edition="en-us", name="X", email=ada.email, text="y" * 20)
    (row,) = export(ada)
    assert (row["text"], row["edited"], row["proofs"][0]["text"]) == (TEXT, EDITED, EDITED)


def test_an_erased_account_leaves_initials_under_what_is_published(
    harbour: Article, ada: Person, client: Client
) -> None:
    letter = printed(harbour, person=ada, interest="I own the ferry")
    arrive(harbour, person=ada, text=f"{TEXT} Again.")
    assert losses(ada) == [
        "1 published letter to the editor stays, under your initials. Withdraw it first to have it gone."
    ]
    ada.delete()
    (left,) = LetterToEditor.objects.all()
    assert left.pk == letter.pk
    assert (left.signature, left.email, left.interest) == ("A. B.", "", "")
    page = client.get("/world/harbour/").text
    assert TEXT in page
    assert "Brandt" not in page
    assert "own the ferry" not in page


def test_letters_follow_an_account_to_another_address(harbour: Article, ada: Person) -> None:
    from broadsheet.people.signals import accounts_merging, address_changed

    letter = arrive(harbour, person=ada)
    address_changed.send(Person, person_id=ada.pk, old=ada.email, new="ada@new.example")
    letter.refresh_from_db()
    assert letter.email == "ada@new.example"
    new = introduce("Ada Marsh", "marsh@reader.example")
    accounts_merging.send(Person, old=ada, new=new)
    letter.refresh_from_db()
    assert (letter.person, letter.email) == (new, new.email)
