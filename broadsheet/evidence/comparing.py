"""Compares words that somebody asks about with a text of ours. Plain values in, plain values out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby
from typing import Self

from broadsheet.evidence.words import core, normalised

LEAST_ALIKE = 0.6
"""Share of the words asked about that must stand in ours, in order, for it to be the same saying altered."""
LEAST_SHARED = 4
AROUND = 12
"""Words of a running text that are shown on either side."""
LONE_HYPHEN = re.compile(r"(?<!\w)-(?!\w)")
"""What dashes were made."""
TOKEN = re.compile(r"\w+(?:'\w+)*|[^\w\s]")


class Match(StrEnum):
    VERBATIM = "verbatim"
    CUT = "cut"
    ALTERED = "altered"


class Piece(StrEnum):
    SAME = "same"
    AROUND = "around"
    """Ours, and no part of what was asked about."""
    LEFT_OUT = "left-out"
    """Ours, where what was asked about leaves it out or says something else."""
    PUT_IN = "put-in"
    """Not ours."""


@dataclass(frozen=True, slots=True)
class Comparison:
    match: Match
    likeness: float
    pieces: tuple[tuple[Piece, str], ...]


def compare(asked: str, ours: str, *, is_quotation: bool) -> Comparison | None:
    """How `asked` stands in `ours`, a whole quotation or a running text; None where it doesn't.

    A stretch of a quotation is cut out of it; a stretch of a running text is verbatim.
    """
    said, text = core(asked), normalised(ours)
    if is_quotation and said == core(text):
        return Comparison(Match.VERBATIM, 1.0, ((Piece.SAME, text),))
    if place := _place(said, text):
        return _stretch(text, [place], is_quotation)
    if places := _places_of_parts(said, text):
        return _stretch(text, places, is_quotation=True)
    return _altered(said, text)


def _place(said: str, text: str, start: int = 0) -> tuple[int, int] | None:
    """Where `said` stands in `text` as whole words."""
    found = re.compile(rf"(?<!\w){re.escape(said)}(?!\w)").search(text, start) if said else None
    return found.span() if found else None


def _places_of_parts(said: str, text: str) -> list[tuple[int, int]]:
    """Where the parts between ellipses stand, one after the other; empty unless all do."""
    parts = [core(part) for part in re.split(r"[\[(]?\.\.\.[\])]?", said)]
    parts = [part for part in parts if part]
    if len(parts) < 2:
        return []
    places, start = [], 0
    for part in parts:
        place = _place(part, text, start)
        if place is None:
            return []
        places.append(place)
        start = place[1]
    return places


def _stretch(text: str, places: list[tuple[int, int]], is_quotation: bool) -> Comparison:
    pieces, at = [], 0
    for begin, end in places:
        pieces += [(Piece.AROUND, text[at:begin]), (Piece.SAME, text[begin:end])]
        at = end
    pieces.append((Piece.AROUND, text[at:]))
    if not is_quotation or len(text) > 1500:
        pieces[0] = (Piece.AROUND, _last_words(pieces[0][1]))
        pieces[-1] = (Piece.AROUND, _first_words(pieces[-1][1]))
    match = Match.CUT if is_quotation else Match.VERBATIM
    return Comparison(match, 1.0, tuple(piece for piece in pieces if piece[1].strip()))


def _last_words(text: str) -> str:
    words = text.split()
    return text if len(words) <= AROUND else "… " + " ".join(words[-AROUND:]) + " "


def _first_words(text: str) -> str:
    words = text.split()
    lead = "" if text[:1].strip() else " "
    return text if len(words) <= AROUND else lead + " ".join(words[:AROUND]) + " …"


def _altered(said: str, text: str) -> Comparison | None:
    asked, ours = Tokens.of(said), Tokens.of(core(text))
    ours = ours.within(*_window(asked.folded, ours.folded))
    # All in capitals it is still what we have, altered.
    matcher = SequenceMatcher(None, asked.folded, ours.folded, autojunk=False)
    shared = sum(_words(asked.words[a : a + size]) for a, _b, size in matcher.get_matching_blocks())
    words = _words(asked.words)
    if shared < LEAST_SHARED or shared < LEAST_ALIKE * words:
        return None
    pieces: list[tuple[Piece, str]] = []
    for what, a, a_end, b, b_end in matcher.get_opcodes():
        if what == "equal":
            pieces += _but_for_case(asked.within(a, a_end), ours.within(b, b_end))
            continue
        if b_end > b:
            pieces += ours.stretch(Piece.LEFT_OUT, b, b_end)
        if a_end > a:
            pieces += asked.stretch(Piece.PUT_IN, a, a_end)
    if pieces[0][0] == Piece.AROUND:
        del pieces[0]
    return Comparison(Match.ALTERED, shared / max(words, 1), tuple(pieces))


def _but_for_case(asked: "Tokens", ours: "Tokens") -> Iterator[tuple[Piece, str]]:
    """The same words, of which some may have other capitals."""
    pairs = list(zip(asked.words, ours.words, strict=True))
    for is_same, run in groupby(range(len(pairs)), key=lambda place: pairs[place][0] == pairs[place][1]):
        first, *others = run
        last = others[-1] if others else first
        yield from ours.stretch(Piece.SAME if is_same else Piece.LEFT_OUT, first, last + 1)
        if not is_same:
            yield from asked.stretch(Piece.PUT_IN, first, last + 1)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words and marks of `text`, in order, with where each begins and ends."""

    text: str
    words: list[str]
    spans: list[tuple[int, int]]

    @classmethod
    def of(cls, text: str) -> Self:
        found = list(TOKEN.finditer(text))
        return cls(text, [token.group() for token in found], [token.span() for token in found])

    @property
    def folded(self) -> list[str]:
        return [word.casefold() for word in self.words]

    def within(self, first: int, last: int) -> "Tokens":
        return Tokens(self.text, self.words[first:last], self.spans[first:last])

    def stretch(self, piece: Piece, first: int, last: int) -> list[tuple[Piece, str]]:
        """That stretch as it is written, after the space before it, if there is one."""
        begin, end = self.spans[first][0], self.spans[last - 1][1]
        found = (piece, LONE_HYPHEN.sub("–", self.text[begin:end]))
        return [(Piece.AROUND, " "), found] if self.text[:begin].endswith(" ") else [found]


def _words(tokens: list[str]) -> int:
    return sum(1 for token in tokens if token[0].isalnum())


def _window(asked: list[str], ours: list[str]) -> tuple[int, int]:
    """Which tokens of `ours` to compare: all of a quotation, else those around the longest match."""
    if len(ours) <= 3 * len(asked) and len(ours) < 400:
        return 0, len(ours)
    longest = SequenceMatcher(None, asked, ours, autojunk=False).find_longest_match()
    slack = len(asked) // 4
    return max(0, longest.b - longest.a - slack), longest.b + len(asked) - longest.a + slack
