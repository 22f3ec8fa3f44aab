"""An article's audio version: made paragraph by paragraph, and again for what an edit changed."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from broadsheet.editorial.models import Article, Correction, Narration, NarrationSegment, Voice
from broadsheet.editorial.models.narration import making as narrations
from broadsheet.editorial.narration.files import read_upload
from broadsheet.editorial.narration.making import find_due
from broadsheet.editorial.narration.program import Fault
from broadsheet.editorial.narration.sound import Sound
from broadsheet.platform import clock
from tests.editorial.narration.made import mp3
from tests.magazine import SENTENCE, Magazine, text_block
from tests.parallel import let_in
from tests.speech import Speech

State = Narration.State


def of(article: Article) -> Narration:
    found: Narration = Narration.objects.get(article=article)
    return found


def published(magazine: Magazine, **fields: Any) -> Article:
    body = [text_block("ebb", 1), {"type": "wall", "value": None}, text_block("ebb", 2)]
    return magazine.publish("ebb", **{"body": body} | fields)


def change(article: Article, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(article, name, value)
    article.save_revision().publish()


def test_each_paragraph_is_read_once_and_all_are_joined(magazine: Magazine, speech: Speech) -> None:
    ebb = published(magazine)
    Narration.objects.ask(ebb, None)
    said = speech.heard()
    found = of(ebb)
    assert found.is_ready
    assert found.voice == Voice.SYNTHETIC
    assert [name for _at, name in found.places][:2] == ["Ebb.", "By Nell Abernathy."]
    # Two paragraphs say the same: they are read once, and heard twice.
    assert len(found.places) == 7
    assert len(said) == len(set(said)) == 6
    twice = 2 * len(SENTENCE.split()) / 10
    assert found.places[2][0] == 0.4
    assert found.seconds == pytest.approx(sum(len(text.split()) for text in said) / 10 + twice)
    with found.file.open() as file:
        assert len(file.read()) == found.size


def test_an_edit_has_the_changed_paragraphs_read_again(magazine: Magazine, speech: Speech) -> None:
    ebb = published(magazine)
    before = speech.read_out(ebb)
    change(ebb, standfirst="Another one.")
    assert speech.heard() == ["Another one."]
    after = of(ebb)
    assert after.is_ready
    assert after.version != before.version
    assert after.file.name != before.file.name
    assert NarrationSegment.objects.filter(narration=after).count() == 6
    change(ebb, kicker="Not read out")
    assert speech.heard() == []
    assert of(ebb).version == after.version


def test_a_correction_is_read_out_too(magazine: Magazine, speech: Speech) -> None:
    ebb = published(magazine)
    speech.read_out(ebb)
    ebb.correct("It was a Tuesday.")
    assert [said.rpartition(": ")[2] for said in speech.heard()] == ["It was a Tuesday."]
    Correction.objects.all().delete()
    assert speech.heard() == []
    assert len(of(ebb).places) == 7


def test_what_the_article_says_no_longer_is_not_heard(magazine: Magazine, speech: Speech) -> None:
    ebb = published(magazine)
    speech.read_out(ebb)
    speech.goes_wrong("fails")
    change(ebb, standfirst="Taken back.")
    assert of(ebb).state == State.WAITING
    assert Narration.objects.heard(Article.objects.get(pk=ebb.pk)) is None


def test_a_withdrawn_article_keeps_no_speech(magazine: Magazine, speech: Speech) -> None:
    ebb = published(magazine)
    speech.read_out(ebb)
    ebb.unpublish()
    assert not Narration.objects.exists()
    assert not NarrationSegment.objects.exists()


def test_a_deleted_article_takes_its_speech_along(magazine: Magazine, speech: Speech) -> None:
    ebb = published(magazine)
    speech.read_out(ebb)
    ebb.delete()
    assert not Narration.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "fault"), [("fails", Fault.FAILED), ("differs", Fault.NOT_ALIKE)], ids=["it fails", "differs"]
)
def test_a_failure_is_tried_again_and_then_told(
    magazine: Magazine, speech: Speech, wrong: str, fault: Fault
) -> None:
    ebb = published(magazine)
    speech.goes_wrong(wrong)
    Narration.objects.ask(ebb, None)
    for minutes in (1, 3, 8):
        assert of(ebb).state == State.WAITING
        with clock.moved_to(clock.now() + timedelta(minutes=minutes)):
            find_due(clock.now())
    found = of(ebb)
    assert (found.state, found.fault, found.tries) == (State.FAILED, fault, 3)
    speech.goes_wrong("")
    assert speech.read_out(ebb).fault == ""


def test_without_a_program_it_fails_at_once(magazine: Magazine, settings: Any) -> None:
    ebb = published(magazine)
    settings.SPEECH_COMMAND = []
    Narration.objects.ask(ebb, None)
    assert (of(ebb).state, of(ebb).fault) == (State.FAILED, Fault.UNSET)


class KilledError(BaseException):
    pass


def test_who_is_killed_in_the_middle_is_followed_by_the_next(
    magazine: Magazine, speech: Speech, monkeypatch: pytest.MonkeyPatch
) -> None:
    speech.goes_wrong("fails")
    narration = Narration.objects.ask(published(magazine), None)
    speech.goes_wrong("")
    speech.heard()

    def dies(text: str, language: str) -> Sound:
        if text.startswith("ebb-02"):
            raise KilledError
        return spoken(text, language)

    spoken = narrations.speak
    monkeypatch.setattr(narrations, "speak", dies)
    with clock.moved_to(clock.now() + timedelta(minutes=3)), pytest.raises(KilledError):
        Narration.objects.make_some_of(narration.pk)
    monkeypatch.undo()
    made = len(speech.heard())
    with clock.moved_to(clock.now() + timedelta(minutes=4)):
        assert not Narration.objects.make_some_of(narration.pk)  # it may be alive
    with clock.moved_to(clock.now() + timedelta(minutes=8)):
        find_due(clock.now())
    assert made == 5
    assert [said.split()[0] for said in speech.heard()] == ["ebb-02"]
    assert Narration.objects.get(pk=narration.pk).is_ready


def test_others_get_their_turn_after_some_seconds(
    magazine: Magazine, speech: Speech, monkeypatch: pytest.MonkeyPatch
) -> None:
    ebb = published(magazine)
    monkeypatch.setattr(narrations, "AT_A_TIME", timedelta(0))
    turns = []
    monkeypatch.setattr(
        "broadsheet.editorial.narration.making.make_soon",
        type("Noted", (), {"enqueue": staticmethod(turns.append)}),
    )
    Narration.objects.ask(ebb, None)
    assert turns == [of(ebb).pk]


def test_an_upload_stays_as_it_is_and_says_that_it_is_older(magazine: Magazine, carla: Any) -> None:
    ebb = published(magazine)
    sound = read_upload(mp3())
    found = Narration.objects.upload(ebb, sound, Voice.PERSON, "Nell Abernathy", carla)
    assert found.is_ready
    assert found.content_type == "audio/mpeg"
    assert not found.is_outdated
    change(ebb, standfirst="Another one.")
    assert of(ebb).is_ready
    assert of(ebb).is_outdated
    change(ebb, standfirst="The standfirst of ebb.")
    assert not of(ebb).is_outdated
    ebb.unpublish()
    assert of(ebb).is_ready
    assert Narration.objects.heard(ebb) is not None  # at the desk; readers find no article


@pytest.mark.django_db(transaction=True)
def test_what_is_uploaded_while_the_article_is_saved_stays(magazine: Magazine, speech: Speech) -> None:
    ebb = published(magazine)
    speech.read_out(ebb)
    sound = read_upload(mp3())

    def upload() -> None:
        Narration.objects.upload(ebb, sound, Voice.PERSON, "Nell Abernathy", None)

    # Once the row was read that follows the article.
    with let_in(upload, after='"fault"'):
        change(ebb, standfirst="Another one.")
    assert of(ebb).is_uploaded
    assert of(ebb).is_ready
    assert of(ebb).file.storage.exists(of(ebb).file.name)


def test_an_upload_takes_the_place_of_speech_and_the_other_way_round(
    magazine: Magazine, speech: Speech
) -> None:
    ebb = published(magazine)
    made = speech.read_out(ebb)
    Narration.objects.upload(ebb, read_upload(mp3()), Voice.PERSON, "", None)
    assert of(ebb).pk == made.pk
    assert of(ebb).is_uploaded
    assert of(ebb).places == []
    assert speech.read_out(ebb).voice == Voice.SYNTHETIC


def test_a_copy_in_another_edition_has_its_originals_sound(magazine: Magazine, speech: Speech) -> None:
    speech.read_out(magazine.article("harbour"))
    copy = magazine.article("harbour", "uk")
    assert Narration.objects.heard(copy) == of(magazine.article("harbour"))
    both = [magazine.article("reef"), copy]
    assert Narration.objects.of(both) == {copy.pk: of(magazine.article("harbour"))}


def test_what_can_not_be_true_is_not_stored(magazine: Magazine) -> None:
    ebb = published(magazine)
    for wrong in (
        {"state": State.READY},
        {"state": State.WAITING, "due_at": None},
        {"is_uploaded": True, "due_at": clock.now()},
        {"voice": Voice.PERSON, "due_at": clock.now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Narration.objects.create(article=ebb, words="", **wrong)
