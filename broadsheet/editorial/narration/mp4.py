"""MPEG-4 with sound alone: its length, and the file with all else blanked where it stands.

What a telephone writes beside the sound (place, time, device, title, pictures) is in atoms of its own. They
become free space full of zeros, so that nothing moves that others point to. ISO 14496-12.
"""

from collections.abc import Iterator
from typing import NamedTuple

from broadsheet.editorial.narration.sound import NotSoundError, Sound

KEPT = {
    b"": {b"ftyp", b"moov", b"mdat"},
    b"moov": {b"mvhd", b"trak"},
    b"trak": {b"tkhd", b"edts", b"mdia"},
    b"mdia": {b"mdhd", b"hdlr", b"minf"},
}
"""Atom → those in it that play the sound; the others say something of it."""
TIMED = {b"mvhd", b"tkhd", b"mdhd"}
"""They begin with when they were made and changed."""


class Atom(NamedTuple):
    name: bytes
    start: int
    body: int
    end: int


def read(data: bytes) -> Sound:
    """`data` without what is not sound; raises NotSoundError."""
    blanked = bytearray(data)
    seconds: list[float] = []
    tracks: list[bytes] = []
    _clean(blanked, b"", 0, len(data), seconds, tracks)
    if data[4:8] != b"ftyp" or set(tracks) != {b"soun"} or len(seconds) != 1 or not seconds[0]:
        raise NotSoundError
    return Sound("m4a", seconds[0], bytes(blanked))


def _clean(
    data: bytearray, within: bytes, start: int, end: int, seconds: list[float], tracks: list[bytes]
) -> None:
    for atom in _atoms(data, start, end):
        if atom.name not in KEPT[within]:
            data[atom.start + 4 : atom.start + 8] = b"free"
            data[atom.body : atom.end] = bytes(atom.end - atom.body)
            continue
        if atom.name in TIMED:
            long = data[atom.body] == 1
            times = slice(atom.body + 4, atom.body + (20 if long else 12))
            data[times] = bytes(times.stop - times.start)
            if atom.name == b"mvhd":
                seconds.append(_length(data, atom, is_long=long))
        elif atom.name == b"hdlr":
            tracks.append(bytes(data[atom.body + 8 : atom.body + 12]))
        elif atom.name in KEPT:
            _clean(data, atom.name, atom.body, atom.end, seconds, tracks)


def _atoms(data: bytearray, start: int, end: int) -> Iterator[Atom]:
    while start < end:
        if end - start < 8:
            raise NotSoundError
        size, name = int.from_bytes(data[start : start + 4]), bytes(data[start + 4 : start + 8])
        body = start + 8
        if size == 1:
            size, body = int.from_bytes(data[body : body + 8]), start + 16
        stop = end if size == 0 else start + size
        if not body <= stop <= end:
            raise NotSoundError
        if name in TIMED and stop - body < (36 if data[body : body + 1] == b"\1" else 24):
            raise NotSoundError
        yield Atom(name, start, body, stop)
        start = stop


def _length(data: bytearray, atom: Atom, *, is_long: bool) -> float:
    place, width = atom.body + (20 if is_long else 12), 8 if is_long else 4
    scale = int.from_bytes(data[place : place + 4])
    duration = int.from_bytes(data[place + 4 : place + 4 + width])
    # All ones: it is not known.
    if not scale or duration == (1 << 8 * width) - 1:
        raise NotSoundError
    return duration / scale
