"""Nothing is published to which its writer has not agreed, whatever is pressed in which order."""

from contextlib import suppress
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.editorial.letters.notice_kinds import LetterNotice
from broadsheet.editorial.letters.wording import is_same_wording
from broadsheet.editorial.models import Article, LetterState, LetterToEditor, NotNow, Proof
from broadsheet.notices.models import Notice
from tests.editorial.letters.made import EDITED, TEXT, arrive

THEIRS = "I never said “yes” to this ferry, and the harbour knows it well."
TEXTS = [THEIRS, THEIRS.replace("“", '"').replace("”", '"'), THEIRS.replace(" ", "\n"), EDITED, TEXT]


def told(letter: LetterToEditor) -> list[str]:
    return list(Notice.objects.filter(about=letter.pk).order_by("pk").values_list("kind", flat=True))


def act(letter: LetterToEditor, verb: str, text: str, agreed: set[str]) -> None:
    """One press of a button, by whoever it is for; `agreed` are the texts that the writer let us print."""
    proof = letter.proofs.order_by("-pk").first()
    match verb:
        case "edit":
            letter.edit(text, seen=letter.draft)
        case "overwrite":
            letter.edit(text, seen="as it was long ago")
        case "send":
            letter.send_proof("", None)
        case "agree" if proof:
            letter.agree(proof)
            agreed.add(proof.text)
        case "agree to the first" if proof:
            first = letter.proofs.order_by("pk")[0]
            letter.agree(first)
            agreed.add(first.text)
        case "ask":
            letter.ask_for_change("Put the ferry back.", proof)
        case "decline":
            letter.decline(tells=True)
        case "choose" | "publish" | "take_down" | "reconsider" | "withdraw" | "confirm":
            getattr(letter, verb)()


VERBS = ["edit", "overwrite", "send", "agree", "agree to the first", "ask", "decline", "choose", "publish"]
VERBS += ["take_down", "reconsider", "withdraw", "confirm"]


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(presses=st.lists(st.tuples(st.sampled_from(VERBS), st.sampled_from(TEXTS)), max_size=18))
def test_what_is_shown_is_theirs_or_was_agreed_to(harbour: Article, presses: list[tuple[str, str]]) -> None:
    letter = LetterToEditor.objects.create(
        article=harbour, edition="en-us", name="Ada", email="ada@reader.example", text=THEIRS
    )
    agreed = {THEIRS}
    withdrawn = False
    for verb, text in presses:
        with suppress(NotNow):
            act(letter, verb, text, agreed)
        letter.refresh_from_db()
        withdrawn = withdrawn or letter.state == LetterState.WITHDRAWN
        shown = LetterToEditor.objects.shown().filter(pk=letter.pk).first()
        assert shown is None or any(is_same_wording(shown.agreed, text) for text in agreed)
        assert shown is None or not withdrawn
    letter.delete()


def test_their_own_words_need_no_further_agreement(letter: LetterToEditor) -> None:
    letter.choose()
    letter.publish()
    assert LetterToEditor.objects.shown().get().agreed == TEXT


def test_one_changed_word_needs_agreement_and_white_space_does_not(letter: LetterToEditor) -> None:
    letter.choose()
    letter.edit(EDITED, seen=TEXT)
    with pytest.raises(NotNow, match="not agreed"):
        letter.publish()
    letter.edit(TEXT.replace(", which", ",\n\nwhich"), seen=EDITED)
    letter.publish()
    assert letter.agreed == TEXT.replace(", which", ",\n\nwhich")


def test_a_proof_is_agreed_to_and_published(letter: LetterToEditor) -> None:
    letter.choose()
    letter.edit(EDITED, seen=TEXT)
    proof = letter.send_proof("The style book says “omits”.", None)
    assert letter.state == LetterState.AWAITING
    letter.agree(proof)
    assert letter.state == LetterState.AGREED
    letter.publish()
    assert letter.agreed == EDITED
    assert told(letter) == [
        LetterNotice.RECEIVED,
        LetterNotice.CHOSEN,
        LetterNotice.PROOF,
        LetterNotice.PUBLISHED,
    ]


def test_a_proof_that_was_edited_since_is_not_agreed_to(letter: LetterToEditor) -> None:
    letter.choose()
    letter.edit(EDITED, seen=TEXT)
    proof = letter.send_proof("", None)
    letter.edit(f"{EDITED} So it should stay.", seen=EDITED)
    with pytest.raises(NotNow):
        letter.agree(proof)
    assert letter.state == LetterState.CHOSEN
    assert letter.agreed == TEXT


def test_a_published_letter_is_corrected_only_with_agreement(letter: LetterToEditor) -> None:
    letter.choose()
    letter.publish()
    letter.ask_for_change("It was 1932.")
    letter.edit(TEXT.replace("1931", "1932"), seen=TEXT)
    proof = letter.send_proof("", None)
    assert LetterToEditor.objects.shown().get().agreed == TEXT
    letter.agree(proof)
    assert "1932" in LetterToEditor.objects.shown().get().agreed
    assert letter.asks == ""


def test_whoever_edits_what_another_has_edited_meanwhile_is_told(letter: LetterToEditor) -> None:
    letter.choose()
    letter.edit(EDITED, seen=TEXT)
    with pytest.raises(NotNow, match="was edited after"):
        letter.edit(f"{TEXT} Yes.", seen=TEXT)
    assert letter.draft == EDITED


def test_what_is_withdrawn_tells_nobody_anything_more(letter: LetterToEditor) -> None:
    letter.choose()
    letter.publish()
    letter.withdraw()
    assert told(letter) == []
    assert not LetterToEditor.objects.shown().exists()
    for verb in (letter.publish, letter.choose, letter.reconsider):
        with pytest.raises(NotNow):
            verb()


def test_the_database_holds_what_a_state_means(harbour: Article, ada: Any) -> None:
    def refuses(**fields: Any) -> None:
        letter = arrive(harbour, person=ada)
        with pytest.raises(IntegrityError), transaction.atomic():
            LetterToEditor.objects.filter(pk=letter.pk).update(**fields)

    refuses(agreed="")
    refuses(state=LetterState.AGREED, draft=EDITED)
    refuses(state=LetterState.PUBLISHED)
    refuses(state=LetterState.DECLINED)
    letter = arrive(harbour, person=ada)
    Proof.objects.create(letter=letter, text=EDITED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Proof.objects.create(letter=letter, text=TEXT)
