"""A kept file, handed out with a reader's number in it.

The number stands in the colophon, for people, and in the package document. Both are stored uncompressed with
room for it, so that a stamped file is the kept one with some bytes replaced: the numbers and two checksums.
"""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from broadsheet.weekly.epub.archive import FOLDER, PACKAGE

WIDTH = 13
"""Bytes that there are for a number, as many as it has. What a shorter one leaves is white space."""
UNSTAMPED = "-" * WIDTH
MARK = 'id="readers-number">'
"""What the room for a number comes after. Text can't hold it: there a ``>`` is escaped."""
COLOPHON = "colophon.xhtml"
STAMPED = frozenset({PACKAGE, f"{FOLDER}/{COLOPHON}"})
CHUNK = 256 * 1024

# Sections 4.3.7, 4.3.12 and 4.3.16 of https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
END = struct.Struct("<4s4H2LH")
DIRECTORY = struct.Struct("<4s6H3L5H2L")
LOCAL = struct.Struct("<4s5H3L2H")
CHECKSUM_IN_DIRECTORY, CHECKSUM_IN_LOCAL = 16, 14


class NotStampable(ValueError):
    """It isn't a file that `write` made, or no number that fits."""


def stamp(file: Path, number: str) -> Iterator[bytes]:
    """The bytes of `file` with `number`, as many as without.

    The file is opened once, when the first of them are asked for, and then raises NotStampable or OSError.
    """
    if not (number.isascii() and number.replace("-", "").isalnum() and len(number) <= WIDTH):
        raise NotStampable(f"no number of a reader: {number!r}")
    with file.open("rb") as kept:
        changes = sorted(_changes(kept, number.ljust(WIDTH).encode()))
        kept.seek(0)
        for place, new in changes:
            yield from _until(kept, place)
            yield new
            kept.seek(len(new), 1)
        yield from iter(lambda: kept.read(CHUNK), b"")


def _until(kept: IO[bytes], place: int) -> Iterator[bytes]:
    while (left := place - kept.tell()) > 0:
        yield kept.read(min(left, CHUNK))


def _changes(kept: IO[bytes], number: bytes) -> Iterator[tuple[int, bytes]]:
    """Where which bytes come in place of those that are there."""
    found = 0
    for directory, header, size, name in _directory(kept):
        if name not in STAMPED:
            continue
        kept.seek(header)
        *_local, name_length, extra_length = LOCAL.unpack(kept.read(LOCAL.size))
        start = header + LOCAL.size + name_length + extra_length
        kept.seek(start)
        content = kept.read(size)
        mark = MARK.encode()
        before, is_there, after = content.partition(mark)
        if not is_there or after[:WIDTH] != UNSTAMPED.encode():
            raise NotStampable(f"{name} has no room for a number")
        place = len(before) + len(mark)
        checksum = struct.pack("<L", zlib.crc32(content[:place] + number + content[place + WIDTH :]))
        yield start + place, number
        yield header + CHECKSUM_IN_LOCAL, checksum
        yield directory + CHECKSUM_IN_DIRECTORY, checksum
        found += 1
    if found != len(STAMPED):
        raise NotStampable("it lacks what is stamped")


def _directory(kept: IO[bytes]) -> Iterator[tuple[int, int, int, str]]:
    """Of each file: the place of its entry in the directory, its own place, its size there, its name."""
    kept.seek(0, 2)
    if (length := kept.tell()) < END.size:
        raise NotStampable("it is no zip")
    kept.seek(length - END.size)
    # Ours have no comment after it.
    signature, *_disks, count, _size, place, _comment = END.unpack(kept.read())
    if signature != b"PK\5\6":
        raise NotStampable("it is no zip")
    for _number in range(count):
        kept.seek(place)
        fields = DIRECTORY.unpack(kept.read(DIRECTORY.size))
        size, name_length, extra_length, comment_length, header = (
            fields[8],
            fields[10],
            fields[11],
            fields[12],
            fields[16],
        )
        yield place, header, size, kept.read(name_length).decode()
        place += DIRECTORY.size + name_length + extra_length + comment_length
