"""The printed issue as an editor sees it before it is set: an estimate of what stands on which page.

A page's room is 1. What a thing takes of it was found by the demo's six issues, of which the plan has as many
pages as the files on A4, or one more or less.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _

from broadsheet.weekly.content import Length
from broadsheet.weekly.laid_out import LaidDepartment, LaidItem, LaidOut
from broadsheet.weekly.models import Holding

WORDS_A_PAGE = 900
HEAD = 0.08
"""Kicker, headline, standfirst and byline."""
LEAD_PICTURE, OPENING_PICTURE, SMALL_PICTURE = 0.22, 0.4, 0.12
"""Above an article; above one of a page or more; beside a standfirst alone."""
PICTURE, DRAWING = 0.17, 0.16
"""In the text: a picture, a chart or table."""
LETTER_HEAD = 0.03
LEAST = 0.12
"""Of an article that is begun or goes on at the foot of a page."""
BESIDE_CONTENTS = 0.5
"""Pages of an editor's note, at most, that stands with the contents."""
LONG = 900
"""Words of a department that begins on a page of its own, as the setter has it."""
SHEET = 4
"""Pages of a folded sheet."""


class PartKind(StrEnum):
    ARTICLE = "article"
    LETTERS = "letters"
    NUMBERS = "numbers"
    CONTENTS = "contents"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Part:
    """What stands on a page of one article, or of the letters."""

    kind: PartKind
    share: float
    """Of the page; so are `lead`, the picture above it, and `inner`, what is in its text besides words."""
    lead: float
    inner: float
    is_start: bool
    is_end: bool
    laid: LaidItem | None = None
    name: str = ""
    department: str = ""
    """Where it begins on a page that another one has begun."""
    pages: float = 0
    """That all of it takes."""

    @property
    def percent(self) -> int:
        return max(1, round(self.share * 100))

    @property
    def lead_percent(self) -> int:
        """Of this part."""
        return round(self.lead / self.share * 100) if self.share else 0

    @property
    def box_percent(self) -> int:
        """How high what is in its text is, of the text's height, if it is one column of three wide."""
        text = self.share - self.lead - (HEAD if self.is_start else 0)
        return min(90, round(3 * self.inner / text * 100)) if text > 0 else 0


@dataclass(slots=True)
class Page:
    number: int
    department: str = ""
    parts: list[Part] = field(default_factory=list)
    is_cover: bool = False
    is_blank: bool = False

    @property
    def taken(self) -> float:
        return sum(part.share for part in self.parts)

    @property
    def room(self) -> float:
        return max(0.0, 1 - self.taken)

    @property
    def room_percent(self) -> int:
        return round(self.room * 100)

    @property
    def is_left(self) -> bool:
        return self.number % 2 == 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much room something takes: its head with the pictures above it first, then the rest."""

    kind: PartKind
    head: float
    picture: float
    rest: float
    inner: float
    """Of `rest`, that pictures take."""
    laid: LaidItem | None = None
    name: str = ""

    @property
    def pages(self) -> float:
        return self.head + self.picture + self.rest


@dataclass(frozen=True, slots=True)
class Flatplan:
    pages: tuple[Page, ...]

    @property
    def spreads(self) -> Iterator[tuple[Page | None, Page | None]]:
        """The cover alone, then two and two as they lie open; the last page is the back."""
        sides = [None, *self.pages]
        if len(sides) % 2:
            sides.append(None)
        return iter(list(zip(sides[::2], sides[1::2], strict=True)))

    @property
    def set_pages(self) -> int:
        """Those with something on them."""
        return sum(not page.is_blank for page in self.pages)

    @property
    def blank_pages(self) -> int:
        return len(self.pages) - self.set_pages


def flatplan(laid: LaidOut) -> Flatplan:
    pages = [Page(1, is_cover=True), Page(2)]
    pages[1].parts.append(Part(PartKind.CONTENTS, 1.0, 0, 0, is_start=True, is_end=True, name=_("Contents")))
    if note := laid.issue.note:
        # Beside the contents, unless it is long.
        beside = _note(note)
        if beside.pages > BESIDE_CONTENTS:
            _flow(pages, [beside], begins_page=True)
    after_long = True
    for department in laid.departments:
        if wanted := list(_wanted(department, laid)):
            is_long = _is_long(department)
            _flow(pages, wanted, department.department.name, begins_page=is_long or after_long)
            after_long = is_long
    while len(pages) % SHEET:
        pages.append(Page(len(pages) + 1, is_blank=True))
    return Flatplan(tuple(pages))


def _is_long(one: LaidDepartment) -> bool:
    """Whether it begins on a page of its own, with a picture across it."""
    words = sum(item.shape.words for item in one.items)
    return bool(one.items) and one.items[0].item.length == Length.FULL and words >= LONG


def of_item(laid: LaidItem) -> Wanted:
    shape = laid.shape
    if laid.item.length == Length.STANDFIRST:
        return Wanted(PartKind.ARTICLE, HEAD, SMALL_PICTURE if laid.picture else 0, 0, 0, laid, laid.headline)
    inner = PICTURE * len(shape.pictures) + DRAWING * (len(shape.columns) + shape.charts)
    rest = shape.words / WORDS_A_PAGE + inner
    lead = (OPENING_PICTURE if rest >= 1 else LEAD_PICTURE) if laid.picture else 0
    return Wanted(PartKind.ARTICLE, HEAD, lead, rest, inner, laid, laid.headline)


def _note(note: str) -> Wanted:
    return Wanted(PartKind.NOTE, 0.12, 0, len(note.split()) / WORDS_A_PAGE, 0, name=_("From the editor"))


def _wanted(one: LaidDepartment, laid: LaidOut) -> Iterator[Wanted]:
    match Holding(one.department.holds):
        case Holding.ARTICLES:
            yield from (of_item(item) for item in one.items)
        case Holding.LETTERS if laid.letters:
            words = sum(len(letter.agreed.split()) for letter in laid.letters)
            rest = words / WORDS_A_PAGE + LETTER_HEAD * len(laid.letters)
            yield Wanted(PartKind.LETTERS, 0.08, 0, rest, 0, name=one.department.name)
        case Holding.NUMBERS if laid.issue.numbers:
            rest = 2 * DRAWING * len(laid.issue.numbers)
            yield Wanted(PartKind.NUMBERS, 0.08, 0, rest, rest, name=one.department.name)


def _flow(pages: list[Page], wanted: list[Wanted], department: str = "", *, begins_page: bool) -> None:
    for place, one in enumerate(wanted):
        page = pages[-1]
        begins = min(one.pages, one.head + one.picture + LEAST)
        if (place == 0 and begins_page and page.parts) or page.is_cover or page.room < begins:
            page = _turn(pages)
        _name(page, department)
        _lay(pages, one, department, is_first=place == 0)


def _lay(pages: list[Page], one: Wanted, department: str, *, is_first: bool) -> None:
    left, is_start = one.rest, True
    fixed = min(one.head + one.picture, 1.0)
    while True:
        page = pages[-1]
        room = page.room
        here = min(left, room - fixed)
        # Neither a line alone overleaf nor a gap too small to be one.
        if 0 < left - here < LEAST / 3 and here > LEAST / 3:
            here = left if left + fixed <= room + 1e-9 else here - LEAST / 3
        share = fixed + here
        inner = one.inner * (here / one.rest) if one.rest else 0
        left -= here
        is_end = left <= 1e-9
        page.parts.append(
            Part(
                one.kind,
                share,
                one.picture if is_start else 0,
                inner,
                is_start,
                is_end,
                one.laid,
                one.name,
                department if is_first and page.department != department else "",
                one.pages,
            )
        )
        if is_end:
            return
        _name(_turn(pages), department)
        fixed, is_start, is_first = 0.0, False, False


def _turn(pages: list[Page]) -> Page:
    pages.append(Page(len(pages) + 1))
    return pages[-1]


def _name(page: Page, department: str) -> None:
    page.department = page.department or department
