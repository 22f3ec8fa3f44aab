"""What a weekly issue is, as those see it who make a file of it: plain values, without a database.

`reading.py` makes one of a `WeeklyIssue`. Text is in the edition's language. XHTML is well-formed, has the
elements of `markup.ALLOWED`, and no scripts, styles, forms or addresses that are not absolute.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Literal
from uuid import UUID

Direction = Literal["ltr", "rtl"]


class Length(StrEnum):
    """How much of an article an issue has."""

    FULL = "full"
    SHORT = "short"
    """What an editor wrote for the issue."""
    STANDFIRST = "standfirst"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture, wherever it stands: `name` is what `<img src="name">` of the XHTML calls it."""

    name: str
    """Safe as a file's name, and different for each picture: ``picture-12.jpeg``."""
    path: PurePosixPath
    """Its original, in the default storage."""
    width: int
    height: int
    alt: str
    """Empty where it is only an ornament."""
    caption: str = ""
    credit: str = ""
    focus: tuple[float, float, float, float] = (0.5, 0.5, 0.5, 0.5)
    """What must stay in sight where it is cut: left, top, right and bottom, as shares of its size."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A source, by the number that marks in the text have."""

    number: int
    title: str
    outlet: str
    url: str
    dated: str
    """A day, month or year in words; may be empty."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """A correction, clarification or retraction."""

    kind: str
    """In words."""
    day: date
    note: str
    headline: str = ""
    """Of the article, where it stands apart from it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """An article in an issue."""

    article: int
    """Its page's id, to say which one a fault is in."""
    uuid: UUID
    anchor: str
    """Safe in an address, a file's name and an id: ``a7``. Different for each piece."""
    url: str
    """Its absolute address."""
    kicker: str
    headline: str
    standfirst: str
    byline: str
    dateline: str
    section: str
    kind: str
    """In words: News, Opinion …"""
    published: datetime
    """In the edition's zone."""
    length: Length
    picture: Image | None
    body: str
    """XHTML, in order. Empty where `length` is STANDFIRST."""
    references: tuple[Reference, ...]
    work: str
    """“How we know”: the kind of work in words, may be empty."""
    methods: str
    amendments: tuple[Amendment, ...]
    minutes: int
    """To read it in this length."""


@dataclass(frozen=True, slots=True)
class ReadersLetter:
    text: str
    """Plain; paragraphs are divided by empty lines."""
    name: str
    place: str
    about: str
    """The headline of the article."""


@dataclass(frozen=True, slots=True)
class Department:
    name: str
    pieces: tuple[Piece, ...]
    letters: tuple[ReadersLetter, ...] = ()
    numbers: str = ""
    """“The week in numbers”: XHTML with charts as tables and `<svg>`."""


@dataclass(frozen=True, slots=True)
class Issue:
    uuid: UUID
    magazine: str
    motto: str
    edition: str
    language: str
    """A BCP 47 tag, such as ``en-gb``."""
    direction: Direction
    number: int
    title: str
    """As it stands in lists: “No. 12, 14 to 20 November 2026”."""
    dates: str
    first_day: date
    last_day: date
    published: datetime | None
    """None of what is not published yet: a proof."""
    url: str
    cover: Image | None
    cover_lines: tuple[str, ...]
    note: str
    """The editor's note, XHTML; may be empty."""
    note_by: str
    departments: tuple[Department, ...]
    amendments: tuple[Amendment, ...] = ()
    """What was corrected in earlier issues, and in this one since it was published."""
    images: tuple[Image, ...] = ()
    """All pictures in it, each once, with the cover."""
    publisher: str = ""

    @property
    def pieces(self) -> Iterator[Piece]:
        for department in self.departments:
            yield from department.pieces
