"""MPEG audio, layer III, frame by frame: its length, nothing but its frames, and several as one.

Tags before, behind and between the frames are left out: ID3, APE, Lyrics3 and what programs put beside them.
In front stands one frame that says how many there are, without which players guess where a minute is. Written
by ISO 11172-3 and 13818-3, and by http://gabriel.mp3-tech.org/mp3infotag.html.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from broadsheet.editorial.narration.sound import NotSoundError, Sound

FIRST, SECOND, BETWEEN = 3, 2, 0
"""Versions as a header has them: MPEG-1, MPEG-2 and the inofficial 2.5."""
RATES = {FIRST: (44100, 48000, 32000), SECOND: (22050, 24000, 16000), BETWEEN: (11025, 12000, 8000)}
KILOBITS = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""By whether it is MPEG-1."""
MONO = 3
LAYER_III = 1
NAMES = (b"Xing", b"Info", b"VBRI")
"""Where a first frame holds one of these, it counts the others and has no sound."""
FLAGS = 7
"""The frame that counts has their number, their bytes and a table for seeking."""
LEAST_FRAMES = 10
MOST_JUNK = 0.25
"""The share of a file, behind its tags, that need not be frames."""


@dataclass(frozen=True, slots=True)
class Header:
    version: int
    rate: int
    is_mono: bool
    length: int
    """Bytes of the frame, with the header."""

    @classmethod
    def at(cls, data: bytes, place: int) -> "Header | None":
        """None where no frame can begin there."""
        if place + 4 > len(data):
            return None
        word = int.from_bytes(data[place : place + 4])
        version, layer = word >> 19 & 3, word >> 17 & 3
        kilobits, rate = word >> 12 & 15, word >> 10 & 3
        if word >> 21 != 0x7FF or version == 1 or layer != LAYER_III or kilobits in (0, 15) or rate == 3:
            return None
        hertz, is_first = RATES[version][rate], version == FIRST
        length = (144 if is_first else 72) * KILOBITS[is_first][kilobits] * 1000 // hertz + (word >> 9 & 1)
        return cls(version, hertz, word >> 6 & 3 == MONO, length)

    @property
    def like(self) -> tuple[int, int, bool]:
        """What all frames of a file have alike."""
        return self.version, self.rate, self.is_mono

    @property
    def samples(self) -> int:
        return 1152 if self.version == FIRST else 576

    @property
    def side(self) -> int:
        """Bytes between the header and what is counted."""
        return (17 if self.is_mono else 32) if self.version == FIRST else (9 if self.is_mono else 17)


@dataclass
class Stream:
    """The frames of one file, one behind the other."""

    header: Header
    first: bytes
    """The header of one frame, as it is written."""
    frames: bytearray = field(default_factory=bytearray)
    starts: list[int] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return len(self.starts) * self.header.samples / self.header.rate

    def written(self) -> bytes:
        return self._counting_frame() + bytes(self.frames)

    def _counting_frame(self) -> bytes:
        header = self.header
        room = 4 + header.side + 16 + 100
        for kilobits in range(1, 15):
            # Neither padded nor with a checksum: the bits for that are 0 and 1.
            word = int.from_bytes(self.first) & ~0xF200 | 0x10000 | kilobits << 12
            found = Header.at(word.to_bytes(4), 0)
            if found and found.length >= room:
                break
        else:  # pragma: no cover (the highest rates have room)
            raise NotSoundError
        whole = found.length + len(self.frames)
        count = len(self.starts)
        starts = [self.starts[count * percent // 100] + found.length for percent in range(100)]
        table = bytes(min(255, start * 256 // whole) for start in starts)
        counted = b"Info" + struct.pack(">III", FLAGS, count, whole) + table
        return (word.to_bytes(4) + bytes(header.side) + counted).ljust(found.length, b"\0")


def stream_of(data: bytes) -> Stream:
    """Raises NotSoundError."""
    start = _behind_tags(data)
    place, header = _first_frame(data, start)
    stream = Stream(header, data[place : place + 4])
    if any(name in data[place : place + 64] for name in NAMES):
        place += header.length
    while place < len(data):
        found = Header.at(data, place)
        if found is None or found.like != header.like:
            # Junk, or a tag: the next frame may be behind it.
            place = data.find(b"\xff", place + 1)
            if place < 0:
                break
            continue
        if place + found.length > len(data):
            break  # cut off
        stream.starts.append(len(stream.frames))
        stream.frames += data[place : place + found.length]
        place += found.length
    if len(stream.starts) < LEAST_FRAMES or len(stream.frames) < (len(data) - start) * (1 - MOST_JUNK):
        raise NotSoundError
    return stream


def _behind_tags(data: bytes) -> int:
    """Where the ID3 tags in front end."""
    place = 0
    while data[place : place + 3] == b"ID3" and len(data) >= place + 10:
        size = 0
        for byte in data[place + 6 : place + 10]:
            size = size << 7 | byte & 0x7F
        place += 10 + size + (10 if data[place + 5] & 0x10 else 0)
    return place


def _first_frame(data: bytes, start: int) -> tuple[int, Header]:
    """Where a frame begins that is followed by another one like it, and its header."""
    place = data.find(b"\xff", start)
    while 0 <= place < len(data):
        header = Header.at(data, place)
        following = Header.at(data, place + header.length) if header else None
        if header and following and following.like == header.like:
            return place, header
        place = data.find(b"\xff", place + 1)
    raise NotSoundError


def read(data: bytes) -> Sound:
    """`data` without what is not sound; raises NotSoundError."""
    stream = stream_of(data)
    return Sound("mp3", stream.seconds, stream.written())


def join(files: Iterable[bytes]) -> tuple[Sound, Sequence[float]]:
    """All of `files` as one, and the second at which each begins; raises NotSoundError if they differ."""
    whole: Stream | None = None
    begins: list[float] = []
    for data in files:
        stream = stream_of(data)
        if whole is None:
            whole = Stream(stream.header, stream.first)
        elif stream.header.like != whole.header.like:
            raise NotSoundError
        begins.append(whole.seconds)
        whole.starts += [start + len(whole.frames) for start in stream.starts]
        whole.frames += stream.frames
    if whole is None:
        raise NotSoundError
    return Sound("mp3", whole.seconds, whole.written()), begins
