"""Sounds are uploaded as documents, and documents are nothing but sounds."""

import wave
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from wagtail.documents import get_document_model

from broadsheet.editorial.media.sound_kinds import CHUNK
from broadsheet.people.models import Person
from tests.cast import signed_in
from tests.magazine import Magazine

# The same on any database.
pytestmark = pytest.mark.sqlite

PAGE = b"<!doctype html><script>alert(1)</script>"


def wav() -> bytes:
    file = BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\0" * 800)
    return file.getvalue()


def m4a(*tracks: bytes, before: int = 0) -> bytes:
    """The bones of an MPEG-4 file, with `before` bytes of sound ahead of what describes it."""
    described = b"".join(b"\0\0\0\x21hdlr" + b"\0" * 8 + track + b"\0" * 13 for track in tracks)
    return b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42" + b"\0" * before + described


def ogg(codec: bytes) -> bytes:
    return b"OggS\0\x02" + b"\0" * 20 + b"\x01\x13" + codec + b"\0" * 40


GOOD = {
    "tide.mp3": (b"ID3\x04\0\0\0\0\0\0" + b"\xff\xfb\x90\x64" + b"\0" * 400, "audio/mpeg"),
    "untagged.mp3": (b"\xff\xfb\x90\x64" + b"\0" * 400, "audio/mpeg"),
    "old.mp3": (b"\xff\xf3\x40\xc4" + b"\0" * 400, "audio/mpeg"),
    "CAPITALS.MP3": (b"\xff\xfa\x90\x64" + b"\0" * 400, "audio/mpeg"),
    "tide.m4a": (m4a(b"soun"), "audio/mp4"),
    "long.m4a": (m4a(b"soun", before=CHUNK - 40), "audio/mp4"),
    "tide.aac": (b"\xff\xf1\x50\x80" + b"\0" * 400, "audio/aac"),
    "tide.ogg": (ogg(b"\x01vorbis"), "audio/ogg"),
    "tide.oga": (ogg(b"\x7fFLAC"), "audio/ogg"),
    "tide.opus": (ogg(b"OpusHead"), "audio/ogg"),
    "tide.flac": (b"fLaC\0\0\0\x22" + b"\0" * 60, "audio/flac"),
    "tide.wav": (wav(), "audio/wav"),
}
BAD = {
    "a page": ("tide.html", PAGE),
    "a page under another name": ("tide.mp3", PAGE),
    "a page in UTF-16": ("tide.mp3", PAGE.decode().encode("utf-16-le")),
    "a page behind a byte order mark": ("tide.mp3", "\ufeff".encode("utf-16") + PAGE),
    "a script": ("tide.js", b"alert(1)"),
    "a drawing": ("tide.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
    "a paper": ("tide.pdf", b"%PDF-1.7"),
    "a sound under the name of a page": ("tide.html", GOOD["tide.mp3"][0]),
    "a sound without an ending": ("tide", GOOD["tide.mp3"][0]),
    "a sound with two endings": ("tide.mp3.html", GOOD["tide.mp3"][0]),
    "another kind than its name says": ("tide.wav", GOOD["tide.mp3"][0]),
    "a film": ("tide.m4a", m4a(b"vide", b"soun")),
    "a film that says so late": ("tide.m4a", m4a(b"soun", b"vide", before=CHUNK - 80)),
    "a film in Ogg": ("tide.ogg", ogg(b"\x80theora")),
    "a picture in RIFF": ("tide.wav", b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 40),
    "two bytes": ("tide.mp3", b"\xff\xfb"),
    "nothing": ("tide.mp3", b""),
}


def upload(client: Client, name: str, data: bytes) -> str:
    file = SimpleUploadedFile(name, data)
    return client.post("/desk/documents/add/", {"title": "Tide", "file": file}, follow=True).text


@pytest.mark.parametrize("name", GOOD)
def test_a_sound_is_taken_and_served_as_one(
    magazine: Magazine, dev: Person, client: Client, name: str
) -> None:
    data, content_type = GOOD[name]
    upload(signed_in(dev), name, data)
    sound = get_document_model().objects.get(title="Tide")
    assert sound.uploaded_by_user == dev
    article = magazine.publish(
        "tides",
        section="good-news",
        body=[{"type": "audio", "value": {"file": sound.pk, "title": "Tide", "transcript": "<p>Waves</p>"}}],
    )
    [address] = [
        part.partition('"')[0]
        for part in client.get(article.url).text.split('<audio controls preload="none" src="')[1:]
    ]
    for headers in ({}, {"Range": "bytes=0-9"}):
        response = client.get(address, headers=headers)
        assert response.status_code == (206 if headers else 200)
        assert b"".join(response) == (data[:10] if headers else data)
        assert response.headers["Content-Type"] == content_type
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("name", "data"), BAD.values(), ids=BAD)
def test_whatever_is_no_sound_is_refused(magazine: Magazine, dev: Person, name: str, data: bytes) -> None:
    page = upload(signed_in(dev), name, data)
    assert "not a sound" in page or "The submitted file is empty" in page
    assert not get_document_model().objects.exists()


@pytest.mark.parametrize(("name", "data"), BAD.values(), ids=BAD)
def test_among_several_too(magazine: Magazine, dev: Person, name: str, data: bytes) -> None:
    answer = signed_in(dev).post(
        "/desk/documents/multiple/add/",
        {"title": "Tide", "files[]": SimpleUploadedFile(name, data)},
        headers={"X-Requested-With": "XMLHttpRequest"},
    )
    assert answer.json()["success"] is False
    assert not get_document_model().objects.exists()


def test_a_sound_is_not_replaced_by_something_else(magazine: Magazine, dev: Person) -> None:
    client = signed_in(dev)
    upload(client, "tide.mp3", GOOD["tide.mp3"][0])
    sound = get_document_model().objects.get()
    form = {"title": "Ebb", "file": SimpleUploadedFile("ebb.mp3", PAGE)}
    assert "not a sound" in client.post(f"/desk/documents/edit/{sound.pk}/", form).text
    client.post(f"/desk/documents/edit/{sound.pk}/", {"title": "Ebb"})
    sound.refresh_from_db()
    assert (sound.title, sound.file.read()) == ("Ebb", GOOD["tide.mp3"][0])
    sound.file.close()
