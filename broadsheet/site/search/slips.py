"""How one word comes to be typed in place of another, and how likely that is."""

import re
from itertools import combinations

ALPHABETS = ("abcdefghijklmnopqrstuvwxyz", "αβγδεζηθικλμνξοπρστυφχψω", "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґ")
VOWELS = frozenset("aeiouyαεηιουωаеиоуыэюяіїє")
SOUNDS_ALIKE = frozenset(
    map(frozenset, ("ck", "cs", "sz", "gj", "fv", "mn", "dt", "kq", "vw", "bp", "bv", "xs", "uw"))
)
QWERTY = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
KEYBOARDS = {
    "de": ("qwertzuiop", "asdfghjkl", "yxcvbnm"),
    "fr": ("azertyuiop", "qsdfghjklm", "wxcvbn"),
}
"""Language → its rows of keys, where they are not the English ones."""
MOST_DOUBLED = 2
SHORT, LONG = 4, 6
"""Letters. So short a word has many near it that are words of their own; from so many on it has few."""

SURE, LIKELY, POSSIBLE = 0, 1, 2
AT_THE_START, AT_THE_END = 2, 1
"""Steps: the fewer, the likelier. Another letter at the start or the end is as many more."""


def near(word: str) -> set[str]:
    """Every word with a letter less, more or other, with two changed about, or with other letters doubled."""
    letters = next((alphabet for alphabet in ALPHABETS if word[0] in alphabet), "")
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    less = {before + after[1:] for before, after in cuts if after}
    about = {before + after[1] + after[0] + after[2:] for before, after in cuts if len(after) > 1}
    other = {before + letter + after[1:] for before, after in cuts if after for letter in letters}
    more = {before + letter + after for before, after in cuts for letter in letters}
    return (less | about | other | more | _doubled(single(word))) - {word}


def single(word: str) -> str:
    """Each letter once where it stands twice."""
    return re.sub(r"(.)\1+", r"\1", word)


def _doubled(word: str) -> set[str]:
    return {
        "".join(letter * (1 + (at in twice)) for at, letter in enumerate(word))
        for number in range(MOST_DOUBLED + 1)
        for twice in combinations(range(len(word)), number)
    }


def steps(typed: str, meant: str, language: str) -> int | None:
    """How far `typed` is from one that is `near` it; None where it is more likely a word of its own."""
    if single(typed) == single(meant):
        return SURE
    start = _alike(typed, meant)
    rest, other = typed[start:], meant[start:]
    end = _alike(rest[::-1], other[::-1])
    rest, other = rest[: len(rest) - end], other[: len(other) - end]
    if len(rest) == len(other) == 1:
        slip = _instead(rest, other, language, size=len(typed), at_start=not start)
        further = (0 if start else AT_THE_START) + (0 if end else AT_THE_END)
        return None if slip is None else slip + further
    if rest and other:
        # Two that were changed about.
        return SURE if start else LIKELY
    if not start:
        # A first letter is seldom left out, and hardly ever one too many.
        return LIKELY + AT_THE_START if not rest and len(typed) >= LONG else None
    within = not rest and end
    return LIKELY if within or len(typed) > SHORT else None


def _alike(one: str, other: str) -> int:
    """How many letters they have in common at their beginning."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _instead(typed: str, meant: str, language: str, *, size: int, at_start: bool) -> int | None:
    if VOWELS.issuperset((typed, meant)):
        return SURE
    if size <= SHORT:
        return None
    if frozenset((typed, meant)) in SOUNDS_ALIKE:
        return LIKELY
    if at_start and size < LONG:
        return None
    if _are_neighbours(typed, meant, language):
        return LIKELY
    return None if at_start or size < LONG else POSSIBLE


def _are_neighbours(one: str, other: str, language: str) -> bool:
    """Of two keys. A row lies half a key to the right of the one above it."""
    rows = KEYBOARDS.get(language, QWERTY)
    places = sorted((y, row.index(key)) for y, row in enumerate(rows) for key in (one, other) if key in row)
    if len(places) != len((one, other)):
        return False
    (y, x), (below, right) = places
    return abs(x - right) == 1 if y == below else below - y == 1 and x - right in (0, 1)
