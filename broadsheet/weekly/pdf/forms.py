"""The three forms of an issue and their pages, in millimetres; `look.typ` has the same."""

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    PHONE = "phone"
    A4 = "a4"
    LETTER = "letter"

    @property
    def page(self) -> "Page":
        return PAGES[self]


@dataclass(frozen=True, slots=True)
class Page:
    width: float
    height: float
    top: float
    bottom: float
    inside: float
    outside: float
    gutter: float
    dots: int
    """An inch, of its pictures."""
    heaviest: int
    """Bytes of the whole file."""
    hero: tuple[float, float, float]
    """The height of an opener's picture: at its least, as a rule at its most, and to fill a page."""

    @property
    def text_width(self) -> float:
        return self.width - self.inside - self.outside

    @property
    def text_height(self) -> float:
        return self.height - self.top - self.bottom

    def column(self, columns: int) -> float:
        return (self.text_width - (columns - 1) * self.gutter) / columns


PAGES = {
    Form.PHONE: Page(90, 160, 11, 14, 7, 7, 0, 250, 15_000_000, (30, 62, 62)),
    Form.A4: Page(210, 297, 25, 23, 18, 16, 6, 300, 30_000_000, (60, 118, 158)),
    Form.LETTER: Page(215.9, 279.4, 24, 22, 18.9, 17, 6, 300, 30_000_000, (60, 112, 146)),
}
