"""The kinds of sound file that browsers play, by how they are named and how they begin."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

HEAD = 64
CHUNK = 1024 * 1024
# A track of an MPEG-4 file says what it holds: https://developer.apple.com/documentation/quicktime-file-format
TRACK = re.compile(rb"hdlr\0{8}(soun|vide)")
TRACK_LENGTH = 16
IN_OGG = (b"OpusHead", b"\x01vorbis", b"\x7fFLAC", b"Speex   ")


@dataclass(frozen=True, slots=True)
class SoundKind:
    content_type: str
    begins: Callable[[bytes], bool]
    """Whether a file of this kind can begin with these bytes."""


def _is_mpeg(head: bytes) -> bool:
    """A frame of layer III, or ID3 before it."""
    is_frame = len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[1] & 0x18 != 0x08
    return head.startswith(b"ID3") or is_frame


def _is_adts(head: bytes) -> bool:
    return len(head) > 2 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0


def _is_ogg(head: bytes) -> bool:
    """Its first page has one packet, which begins behind 28 bytes and names the codec."""
    return head.startswith(b"OggS") and head[28:].startswith(IN_OGG)


OGG = SoundKind("audio/ogg", _is_ogg)
KINDS = {
    "aac": SoundKind("audio/aac", _is_adts),
    "flac": SoundKind("audio/flac", lambda head: head.startswith(b"fLaC")),
    "m4a": SoundKind("audio/mp4", lambda head: head[4:8] == b"ftyp"),
    "mp3": SoundKind("audio/mpeg", _is_mpeg),
    "oga": OGG,
    "ogg": OGG,
    "opus": OGG,
    "wav": SoundKind("audio/wav", lambda head: head[:4] == b"RIFF" and head[8:12] == b"WAVE"),
}
"""Ending of the name → kind."""


def kind_of(name: str) -> SoundKind | None:
    return KINDS.get(name.rpartition(".")[2].lower())


def is_sound(name: str, file: IO[bytes]) -> bool:
    """Whether `file`, which is left at its beginning, is the sound that its name says."""
    kind = kind_of(name)
    file.seek(0)
    found = kind is not None and kind.begins(file.read(HEAD))
    if found and kind is KINDS["m4a"]:
        found = _tracks(file) == {b"soun"}
    file.seek(0)
    return found


def _tracks(file: IO[bytes]) -> set[bytes]:
    file.seek(0)
    found: set[bytes] = set()
    before = b""
    while chunk := file.read(CHUNK):
        found.update(TRACK.findall(before + chunk))
        before = chunk[-TRACK_LENGTH:]
    return found
