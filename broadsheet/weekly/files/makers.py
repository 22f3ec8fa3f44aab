"""What makes an issue's files, by their kind. Each kind registers its maker when the room is ready."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.functional import Promise

from broadsheet.weekly.content import Image, Issue

type Images = Callable[[Image], Path]
"""Where the original of a picture lies on this machine; raises FileNotFoundError."""
type Write = Callable[[Issue, Images], Path]
"""A new file, which whoever asked for it deletes; raises NotMade."""
type Stamp = Callable[[Path, str], Iterator[bytes]]
"""The bytes of a file with a reader's number. They are as many for every number."""
type Pages = Callable[[Path], int]


class NotMade(Exception):
    """Why a file could not be made, in a sentence for editors; `article` is the id of the page at fault."""

    def __init__(self, sentence: str, article: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.article = article


@dataclass(frozen=True, slots=True)
class Maker:
    kind: str
    """As it stands in addresses: ``pdf-a4``."""
    name: str | Promise
    """“PDF for A4 paper”."""
    write: Write
    stamp: Stamp
    media_type: str
    ending: str
    most: int = 0
    """Bytes that a file should have at most, of which the desk is told where it has more; 0: no limit."""
    is_mailed: bool = False
    """Whether it goes to e-readers, as an attachment."""
    pages: Pages | None = None
    """Counts them in a file that has some."""


_makers: dict[str, Maker] = {}


def register(maker: Maker) -> None:
    _makers[maker.kind] = maker


def forget(kind: str) -> None:
    del _makers[kind]


def maker_of(kind: str) -> Maker | None:
    return _makers.get(kind)


def kinds() -> list[str]:
    return list(_makers)
