"""CSV files of other systems, row by row."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from broadsheet.importers.files import Entry, reading
from broadsheet.importers.records import NotReadable

LONGEST_FIELD = 10 * 1024 * 1024
SAMPLE = 64 * 1024
ENCODINGS = ("utf-8-sig", "utf-16", "cp1252")


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    cells: dict[str, str]
    """Heading, in small letters and without space around it, → what stands below."""

    def get(self, *headings: str) -> str:
        """The first of these cells that says something, as it was meant. `headings` are in small letters."""
        for heading in headings:
            if value := self.cells.get(heading, ""):
                return value
        return ""

    def says_yes(self, *headings: str) -> bool:
        return self.get(*headings).lower() in {"true", "yes", "1", "y", "t", "x"}


@contextmanager
def long_fields() -> Iterator[None]:
    """Python has one limit for all that reads CSV in the process."""
    usual = csv.field_size_limit(LONGEST_FIELD)
    try:
        yield
    finally:
        csv.field_size_limit(usual)


def headings_of(entry: Entry) -> list[str]:
    """As they are written in the first line."""
    try:
        with reading(entry) as file, long_fields():
            return next(_rows(file), [])
    except (csv.Error, UnicodeDecodeError):
        return []


def lines_of(entry: Entry) -> Iterator[Line]:
    """Raises NotReadable where it is no table."""
    with reading(entry) as file, long_fields():
        try:
            rows = _rows(file)
            headings = [heading.strip().lower() for heading in next(rows, [])]
            for number, row in enumerate(rows, 2):
                cells = [_meant(cell) for cell in row]
                if any(cells):
                    yield Line(number, dict(zip(headings, cells, strict=False)))
        except (csv.Error, UnicodeDecodeError) as error:
            raise NotReadable(
                _("%(name)s is no CSV file: %(error)s.") % {"name": entry.name, "error": error}
            ) from error


def _rows(file: IO[bytes]) -> Iterator[list[str]]:
    sample = file.read(SAMPLE)
    text = io.TextIOWrapper(
        io.BufferedReader(_Again(sample, file)), encoding=_encoding(sample), errors="replace", newline=""
    )
    first = sample.decode(_encoding(sample), "replace").partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    return csv.reader((line.replace("\x00", "") for line in text), delimiter=delimiter)


def _encoding(sample: bytes) -> str:
    for encoding in ENCODINGS:
        if encoding == "utf-16" and not sample.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        try:
            sample[: len(sample) - 4].decode(encoding) if len(sample) == SAMPLE else sample.decode(encoding)
        except UnicodeDecodeError as error:
            # The sample may end in the middle of a letter.
            if len(sample) == SAMPLE and error.start > SAMPLE - 8:
                return encoding
            continue
        return encoding
    return "utf-8-sig"


def _meant(cell: str) -> str:
    """Without the mark that exports put before what a spreadsheet would take for a formula."""
    cell = cell.strip()
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@\t\r" else cell


class _Again(io.RawIOBase):
    """A file of which the beginning was read."""

    def __init__(self, begun: bytes, rest: IO[bytes]) -> None:
        self._begun, self._rest = begun, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if self._begun:
            part, self._begun = self._begun[: len(buffer)], self._begun[len(buffer) :]
        else:
            part = self._rest.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)
