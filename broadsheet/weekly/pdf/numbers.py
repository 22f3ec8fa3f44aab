"""The reader's number in a kept file: told where its digits stand, it is written while the file is read.

A PDF that Typst makes is followed by an update (ISO 32000-2, 7.5.6) in which the pages that show the number
are drawn again, by streams that are not compressed. The digits are in a face of their own, so each is one
code of fixed length, and a stamped file has as many bytes as the kept one.
"""

import re
import zlib
from collections.abc import Iterator
from pathlib import Path

PLACEHOLDER = "0123456789"
"""Each digit once, in order: so it tells what the code of each is."""
DIGITS = len(PLACEHOLDER)
CODES = b"".join(code.to_bytes(2) for code in range(1, DIGITS + 1))
"""Of the placeholder, in a face that has these ten and was asked for them in this order."""
MARK = b"% weekly-copy "
CHUNK = 256 * 1024
TAIL = 2048
OBJECT = re.compile(rb"(\d+) 0 obj\s*<<([^>]*)>>\s*stream\r?\n")
STRING = re.compile(rb"\((?:[^()\\]|\\.)*\)", re.DOTALL)
PAGES = re.compile(rb"/Type\s*/Pages\s*/Count (\d+)")
ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


class NotStampable(Exception):
    """It is no file that shows a number, or no number that fits."""


def prepare(pdf: bytes) -> bytes:
    """What follows the PDF in a file that can be stamped. Raises NotStampable."""
    trailer = pdf.rindex(b"trailer")
    size = re.search(rb"/Size (\d+)", pdf[trailer:])
    start = re.search(rb"startxref\s+(\d+)\s+%%EOF\s*$", pdf[trailer:])
    if size is None or start is None:
        raise NotStampable("no place for a number")
    update, entries, places = bytearray(b"\n"), [], []
    for number, head, content in _streams(pdf):
        drawn = STRING.sub(_as_hex, content)
        if CODES.hex().encode() not in drawn:
            continue
        entries.append((number, len(pdf) + len(update)))
        update += b"%d 0 obj\n<</Length %d%s>>stream\n" % (number, len(drawn), head)
        places += [
            len(pdf) + len(update) + found.start() for found in re.finditer(CODES.hex().encode(), drawn)
        ]
        update += drawn + b"\nendstream\nendobj\n"
    if not places:
        raise NotStampable("no place for a number")
    table = len(pdf) + len(update)
    update += b"xref\n" + b"".join(b"%d 1\n%010d 00000 n\r\n" % entry for entry in sorted(entries))
    kept = pdf[trailer + len(b"trailer") : trailer + start.start()].strip().removesuffix(b">>")
    update += b"trailer\n%s/Prev %s>>\n" % (kept, start[1])
    update += MARK + b" ".join(b"%d" % place for place in places)
    update += b"\nstartxref\n%d\n%%%%EOF\n" % table
    return bytes(update)


def pages_of(file: Path) -> int:
    """How many it has; Typst writes one list of all of them."""
    found = PAGES.search(file.read_bytes())
    return int(found[1]) if found else 0


def stamp(file: Path, number: str) -> Iterator[bytes]:
    """The bytes of `file` with `number`, as many as without. Raises NotStampable before the first is read."""
    if not (number.isascii() and number.isdecimal() and len(number) <= DIGITS):
        raise NotStampable(f"no number of a reader: {number!r}")
    with file.open("rb") as kept:
        kept.seek(max(0, kept.seek(0, 2) - TAIL))
        marked = re.search(MARK + rb"([\d ]+)\n", kept.read())
    if marked is None:
        raise NotStampable(f"not made by us: {file.name}")
    digits = b"".join(b"%04x" % (int(digit) + 1) for digit in number.zfill(DIGITS))
    return _stamped(file, sorted(map(int, marked[1].split())), digits)


def _stamped(file: Path, places: list[int], digits: bytes) -> Iterator[bytes]:
    with file.open("rb") as kept:
        for place in places:
            while left := place - kept.tell():
                yield kept.read(min(left, CHUNK))
            yield digits
            kept.seek(len(digits), 1)
        yield from iter(lambda: kept.read(CHUNK), b"")


def _streams(pdf: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Compressed streams that draw: number, the rest of their dictionary, what is in them."""
    for found in OBJECT.finditer(pdf):
        length = re.search(rb"/Length (\d+)", found[2])
        if length is None or b"/FlateDecode" not in found[2] or b"/Type" in found[2]:
            continue
        packed = pdf[found.end() : found.end() + int(length[1])]
        try:
            content = zlib.decompress(packed)
        except zlib.error:
            continue
        if b" Tf" in content:
            head = re.sub(rb"/Length \d+|/Filter\s*/FlateDecode", b"", found[2])
            yield int(found[1]), head, content


def _as_hex(found: re.Match[bytes]) -> bytes:
    """A literal string as a hexadecimal one, if it is the placeholder; any other as it is."""
    said = re.sub(rb"\\([0-7]{1,3}|.)", _unescaped, found[0][1:-1], flags=re.DOTALL)
    return b"<" + said.hex().encode() + b">" if CODES in said else found[0]


def _unescaped(found: re.Match[bytes]) -> bytes:
    code = found[1]
    return bytes([int(code, 8)]) if code.isdigit() else ESCAPES.get(code, code)
