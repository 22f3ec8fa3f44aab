"""Sound files: what they hold besides sound is left out, and several become one."""

import struct
import wave
from io import BytesIO
from itertools import pairwise

import pytest

from broadsheet.editorial.narration import mp3
from broadsheet.editorial.narration.files import join, read_spoken, read_upload
from broadsheet.editorial.narration.sound import NotSoundError
from tests.editorial.narration.made import SECRET, atom, id3, m4a
from tests.editorial.narration.made import mp3 as made_mp3


def wav(seconds: float, rate: int = 8000, *, chunk: bytes = b"", length: int | None = None) -> bytes:
    samples = bytes(round(seconds * rate) * 2)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, rate * 2, 2, 16)
    data = struct.pack("<4sI", b"data", len(samples) if length is None else length)
    body = b"WAVE" + form + chunk + data + samples
    return struct.pack("<4sI", b"RIFF", len(body)) + body


def test_an_mp3_is_its_frames_and_how_many_there_are() -> None:
    before = made_mp3(100, tags=id3())
    sound = read_upload(before + b"TAG" + SECRET.ljust(125))
    assert (sound.ending, sound.seconds) == ("mp3", pytest.approx(2.4))
    assert SECRET not in sound.content
    counting = sound.content[: sound.content.index(made_mp3(1))]
    frames, size = struct.unpack_from(">II", sound.content, sound.content.index(b"Info") + 8)
    assert (frames, size) == (100, len(sound.content))
    table = counting[counting.index(b"Info") + 16 :][:100]
    assert all(one <= other for one, other in pairwise(table))
    assert table[50] in range(125, 135)
    # Read once more, it is the same: what counted is no sound.
    assert read_upload(sound.content) == sound


def test_junk_between_frames_is_left_out() -> None:
    whole = read_upload(made_mp3(50) + SECRET + made_mp3(50))
    assert whole.seconds == pytest.approx(2.4)
    assert SECRET not in whole.content


def test_mp3s_are_joined_and_begin_where_it_is_said() -> None:
    sound, begins = join([read_spoken(made_mp3(frames)) for frames in (100, 50, 20)])
    assert list(begins) == pytest.approx([0, 2.4, 3.6])
    assert sound.seconds == pytest.approx(4.08)
    assert mp3.read(sound.content).content == sound.content


def test_a_wav_has_its_samples_alone() -> None:
    sound = read_spoken(wav(1.5, chunk=struct.pack("<4sI", b"LIST", len(SECRET) + 1) + SECRET + b"\0"))
    assert (sound.ending, sound.seconds) == ("wav", 1.5)
    assert SECRET not in sound.content
    # A program that writes as it speaks doesn't know how long it will be.
    assert read_spoken(wav(1.5, length=0x7FFFF000)) == sound
    joined, begins = join([sound, read_spoken(wav(2))])
    assert (list(begins), joined.seconds) == ([0, 1.5], 3.5)
    with wave.open(BytesIO(joined.content)) as file:
        assert file.getnframes() == 3.5 * 8000


@pytest.mark.parametrize(
    "files",
    [[wav(1), wav(1, 16_000)], [made_mp3(), made_mp3(rate=2)], [wav(1), made_mp3()], []],
    ids=["other rates of WAV", "other rates of MP3", "other kinds", "none"],
)
def test_what_differs_is_not_joined(files: list[bytes]) -> None:
    with pytest.raises(NotSoundError):
        join([read_spoken(data) for data in files])


def test_an_m4a_keeps_its_sound_in_place_and_tells_nothing_else() -> None:
    before = m4a()
    sound = read_upload(before)
    assert (sound.ending, sound.seconds) == ("m4a", 90)
    assert len(sound.content) == len(before)
    assert sound.content.index(b"mdat") == before.index(b"mdat")
    assert before.count(SECRET) == 5
    assert SECRET not in sound.content
    assert b"\xe1\x23\x45\x67" not in sound.content  # when it was recorded


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"RIFF",
        b"ID3" + bytes(7),
        b"\xff" * 5000,
        b"<html>" + bytes(5000),
        made_mp3(5),
        made_mp3(40) + bytes(20_000),
        m4a(handler=b"vide"),
        m4a(seconds=0),
        m4a()[:200],
        m4a(more=b"\0\0\0\2mdat"),
        atom(b"ftyp", b"M4A ") + atom(b"mdat", bytes(90)),
        wav(1),
    ],
    ids=[
        *("empty", "cut off", "a tag alone", "ones", "a page", "too short", "mostly junk"),
        *("a film", "no length", "half", "a bad size", "no track", "WAV, which is too large for readers"),
    ],
)
def test_what_is_no_mp3_or_m4a_is_not_taken(data: bytes) -> None:
    with pytest.raises(NotSoundError):
        read_upload(data)


@pytest.mark.parametrize("data", [b"", b"RIFF", b"said", wav(0), m4a()])
def test_a_program_must_write_mp3_or_wav(data: bytes) -> None:
    with pytest.raises(NotSoundError):
        read_spoken(data)
