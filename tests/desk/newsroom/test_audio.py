"""An article's audio version at the desk: uploaded, made, taken off, and told of where it failed."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from broadsheet.desk.newsroom import audio
from broadsheet.editorial.models import Article, Narration
from broadsheet.people.models import Person
from tests.cast import signed_in
from tests.editorial.narration.made import SECRET, id3, mp3
from tests.magazine import Magazine
from tests.speech import Speech


def place_of(article: Article) -> str:
    return f"/desk/audio/{article.pk}/"


def upload(client: Client, article: Article, content: bytes, name: str = "read.mp3", **typed: str) -> Any:
    data = {"voice": "person", "reader": "Nell Abernathy", "file": SimpleUploadedFile(name, content)}
    return client.post(place_of(article), data | typed, follow=True)


def test_an_editor_uploads_what_somebody_read(magazine: Magazine, carla: Person, client: Client) -> None:
    swifts = magazine.free
    answer = upload(signed_in(carla), swifts, mp3(tags=id3()))
    assert "The audio version is on the article’s page." in answer.text
    assert "Read by Nell Abernathy." in answer.text
    found = Narration.objects.get(article=swifts)
    assert found.by == carla
    with found.file.open() as file:
        assert SECRET not in file.read()
    assert found.address_for(swifts) in client.get("/good-news/swifts/").text


def test_a_synthetic_voice_has_no_name(magazine: Magazine, carla: Person) -> None:
    upload(signed_in(carla), magazine.free, mp3(), voice="synthetic")
    assert Narration.objects.get().read_by == "Read by a synthetic voice."


@pytest.mark.parametrize(
    ("content", "name"), [(b"<html>", "page.mp3"), (mp3(3), "short.mp3"), (b"\0" * 90, "read.m4a")]
)
def test_what_is_no_sound_is_refused_and_what_was_typed_stays(
    magazine: Magazine, carla: Person, content: bytes, name: str
) -> None:
    answer = upload(signed_in(carla), magazine.free, content, name)
    assert "This is no MP3 or M4A that can be played" in answer.text
    assert 'value="Nell Abernathy"' in answer.text
    assert not Narration.objects.exists()


def test_a_file_that_is_too_large_is_refused(
    magazine: Magazine, carla: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audio, "MOST_BYTES", 1000)
    assert "larger than 100 MB" in upload(signed_in(carla), magazine.free, mp3()).text


def test_the_program_makes_it_and_makes_it_again(magazine: Magazine, carla: Person, speech: Speech) -> None:
    client, swifts = signed_in(carla), magazine.free
    assert "Make it" in client.get(place_of(swifts)).text
    answer = client.post(f"{place_of(swifts)}make/", follow=True)
    assert "is being made" in answer.text
    assert "Read by a synthetic voice." in answer.text
    speech.heard()
    assert "Make it again" in answer.text
    client.post(f"{place_of(swifts)}make/")
    assert speech.heard() == []  # what it said already, it says as before


def test_a_failure_is_told_with_what_the_program_said(
    magazine: Magazine, carla: Person, speech: Speech
) -> None:
    client, swifts = signed_in(carla), magazine.free
    speech.goes_wrong("fails")
    answer = client.post(f"{place_of(swifts)}make/", follow=True)
    assert "The last try failed: The speech program ended with an error." in answer.text
    Narration.objects.update(state="failed", due_at=None)
    assert "The voice is hoarse." in client.get(place_of(swifts)).text
    home = client.get("/desk/").text
    assert place_of(swifts) in home
    assert "The speech program ended with an error." in home


def test_without_a_program_it_says_how_to_name_one(magazine: Magazine, carla: Person, settings: Any) -> None:
    settings.SPEECH_COMMAND = []
    assert "as SPEECH_COMMAND" in signed_in(carla).get(place_of(magazine.free)).text


def test_it_is_taken_off_and_a_second_time_does_no_harm(magazine: Magazine, carla: Person) -> None:
    client, swifts = signed_in(carla), magazine.free
    upload(client, swifts, mp3())
    asked = client.get(f"{place_of(swifts)}take-off/").text
    assert "the file that was uploaded is deleted" in asked
    assert Narration.objects.exists()
    for _ in range(2):
        answer = client.post(f"{place_of(swifts)}take-off/", follow=True)
        assert "This article has no audio version." in answer.text
    assert not Narration.objects.exists()


def test_what_was_done_is_in_the_articles_history(magazine: Magazine, carla: Person) -> None:
    client, swifts = signed_in(carla), magazine.free
    upload(client, swifts, mp3())
    client.post(f"{place_of(swifts)}take-off/")
    history = client.get(f"/desk/pages/{swifts.pk}/history/").text
    assert "Audio version uploaded" in history
    assert "Audio version taken off" in history


def test_an_older_recording_is_to_repair(magazine: Magazine, carla: Person) -> None:
    client, swifts = signed_in(carla), magazine.free
    upload(client, swifts, mp3())
    assert place_of(swifts) not in client.get("/desk/").text
    swifts.standfirst = "Another one."
    swifts.save_revision().publish()
    assert "The audio version is older than the text." in client.get("/desk/").text


def test_a_reporter_sees_how_far_it_is_and_changes_nothing(
    magazine: Magazine, dev: Person, carla: Person
) -> None:
    reef = magazine.article("reef")
    upload(signed_in(carla), reef, mp3())
    client = signed_in(dev)
    editor = client.get(f"/desk/pages/{reef.pk}/edit/").text
    assert "Read by Nell Abernathy." in editor
    assert place_of(reef) not in editor
    for address in (place_of(reef), f"{place_of(reef)}make/", f"{place_of(reef)}take-off/"):
        assert client.post(address).status_code in {302, 403}
    assert Narration.objects.count() == 1


@pytest.mark.parametrize("slug", ["almanac", "harbour"])
def test_a_draft_and_a_copy_have_none_of_their_own(magazine: Magazine, carla: Person, slug: str) -> None:
    client = signed_in(carla)
    article = magazine.draft if slug == "almanac" else magazine.article("harbour", "uk")
    assert client.get(place_of(article)).status_code == 404
    assert client.get(f"/desk/pages/{article.pk}/edit/").status_code == 200
