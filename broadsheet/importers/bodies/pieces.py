"""What a body from elsewhere is made of, between its own markup and our blocks.

Markup in them is ours already: paragraphs, lists, links and little else, with absolute addresses.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Text:
    html: str


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture where it is shown."""

    address: str
    caption: str = ""  # rich text without paragraphs
    alt: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Gallery:
    pictures: tuple[Shown, ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class PullQuote:
    text: str
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Cells are rich text. `head` is as long as each row."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Embed:
    address: str
    title: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Sound:
    address: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Related:
    """A card that leads to an article. Where that isn't ours it becomes a link."""

    address: str
    title: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Divider:
    pass


@dataclass(frozen=True, slots=True)
class Wall:
    pass


@dataclass(frozen=True, slots=True)
class Kept:
    """What no block takes, as it was, cleaned."""

    html: str
    what: str


type Piece = (
    Text | Heading | Shown | Gallery | PullQuote | Table | Embed | Sound | Related | Divider | Wall | Kept
)


@dataclass(slots=True)
class Body:
    pieces: list[Piece] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    """What did not come along, a few words each."""

    def pictures(self) -> list[Shown]:
        found: list[Shown] = []
        for piece in self.pieces:
            if isinstance(piece, Shown):
                found.append(piece)
            elif isinstance(piece, Gallery):
                found += piece.pictures
        return found

    def without_first(self, address: str) -> "Body":
        """Without the picture it begins with, if that is the lead picture, which the page shows above."""
        for position, piece in enumerate(self.pieces[:2]):
            if isinstance(piece, Shown) and same_picture(piece.address, address):
                return Body([*self.pieces[:position], *self.pieces[position + 1 :]], self.left_out)
            if not isinstance(piece, Heading):
                break
        return self


def same_picture(one: str, other: str) -> bool:
    from broadsheet.importers.bodies.addresses import original_of

    return bool(one) and original_of(one) == original_of(other)
