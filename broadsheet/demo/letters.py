"""Letters to the editor: published, with a reply and without, and one in each state before and after that."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from broadsheet.demo import content
from broadsheet.editorial.letters.form import consent_words
from broadsheet.editorial.letters.notice_kinds import LetterNotice
from broadsheet.editorial.models import Article, LetterState, LetterToEditor
from broadsheet.notices.models import Notice
from broadsheet.people.models import Person
from broadsheet.platform import clock

EDITOR = "editor@meridian.example"


def make_letters(now: datetime) -> None:
    editor = Person.objects.get(email=EDITOR)
    for about in content.load("letters_to_the_editor")["letters"]:
        came = now - timedelta(hours=about["hours"])
        with clock.moved_to(came):
            letter = _write(about)
        with clock.moved_to(came + timedelta(minutes=40)):
            _edit(letter, about, editor)
    # They were sent at the time.
    Notice.objects.filter(kind__in=LetterNotice.values).update(sent_at=F("due_at"))


def _write(about: dict[str, Any]) -> LetterToEditor:
    article = Article.objects.get(slug=about["article"], locale__language_code=about["edition"])
    letter: LetterToEditor = LetterToEditor.objects.create(
        article=article,
        edition=about["edition"],
        name=about["name"],
        place=about.get("place", ""),
        naming=about.get("naming", "full"),
        email=about["email"],
        interest=about.get("interest", ""),
        consent=consent_words("The Meridian"),
        text=about["text"].strip(),
        person=Person.objects.filter(email=about["email"]).first(),
    )
    if about["state"] != LetterState.UNCONFIRMED:
        letter.confirm()
    return letter


def _edit(letter: LetterToEditor, about: dict[str, Any], editor: Person) -> None:
    state = about["state"]
    if state in (LetterState.NEW, LetterState.UNCONFIRMED):
        return
    if state == LetterState.DECLINED:
        letter.decline(tells=True)
        return
    letter.choose()
    letter.assign(editor)
    if "edited" in about:
        letter.edit(about["edited"], seen=letter.draft)
        proof = letter.send_proof(about.get("note", ""), editor)
        if state != LetterState.AWAITING:
            letter.agree(proof)
    if "reply" in about:
        letter.answer(about["reply"])
    if state in (LetterState.PUBLISHED, LetterState.TAKEN_DOWN):
        letter.publish()
    if state == LetterState.TAKEN_DOWN:
        letter.take_down()
    if state == LetterState.WITHDRAWN:
        letter.withdraw()
