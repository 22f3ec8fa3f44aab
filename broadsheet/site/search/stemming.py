"""What a word is searched by: its stem in the language of its edition, without accents."""

import re
import threading
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from broadsheet.site.search.languages import ALGORITHMS, ELISIONS

LONGEST_WORD = 64
MOST_KEPT = 100_000
SHORTEST_PART = 3

SIGNS = re.compile(
    # Accents, the points of Hebrew and Arabic with the latter's long stroke, and what is not seen at all.
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670"
    "\u00ad\u200b-\u200f\u2060\ufeff]"
)
LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t"}
)
"""Those that no accent can be taken from."""

AMERICAN = [
    (re.compile(r"(?<=\w\w\w)our(?=(?:s|ed|ing|er|ers|ful|less|able|ite|ites|al|hood|y|ly|ist)?$)"), "or"),
    (re.compile(r"(?<=\w\w\w)([iy])s(?=(?:e|ed|es|er|ers|ing|ation|ations)$)"), r"\1z"),
    (re.compile(r"(?<=\w\w)tre(?=[sd]?$)"), "ter"),
    (re.compile(r"(?<=\w\w\w)ogue(?=s?$)"), "og"),
    (re.compile(r"(?<=\w\w\wgram)me(?=s?$)"), ""),
]
"""English endings that Britain and America spell otherwise. Words that are none of these stay apart all the
same, since what is indexed and what is asked are changed alike."""

_of_this_thread = threading.local()


@dataclass(frozen=True, slots=True)
class Stems:
    main: str
    same: tuple[str, ...] = ()
    """What the word is found by besides: typed without its accents it may have another stem."""
    parts: tuple[str, ...] = ()
    """What only an index has besides: Brien of O’Brien."""


def fold(word: str) -> str:
    """Without case, accents and invisible signs. Never empty for a word of letters or digits."""
    plain = SIGNS.sub("", unicodedata.normalize("NFKD", word.casefold())).translate(LETTERS)
    return unicodedata.normalize("NFC", plain) or word


def language_of(tag: str) -> str:
    """``en`` of ``en-GB``; with ``""`` for one that has no stemmer here."""
    language = tag.partition("-")[0].lower()
    return language if language in ALGORITHMS else ""


@lru_cache(MOST_KEPT)
def stems_of(word: str, language: str) -> Stems:
    """Of a word as it stands in a text, with its apostrophes; `language` as `language_of` says."""
    word = unicodedata.normalize("NFKC", word[:LONGEST_WORD]).lower().replace("’", "'").replace("ʼ", "'")
    word = re.sub(r"'s?$", "", word) or word
    parts: list[str] = []
    if "'" in word:
        *before, last = word.split("'")
        if last and all(part in ELISIONS.get(language, ()) for part in before):
            word = last
        else:
            parts = [part for part in (*before, last) if len(part) >= SHORTEST_PART]
            word = word.replace("'", "")
    main = _stem(word, language)
    folded = _stem(fold(word), language)
    return Stems(
        main,
        (folded,) if folded != main else (),
        tuple(stem for part in parts if (stem := _stem(part, language)) != main),
    )


def _stem(word: str, language: str) -> str:
    if not language or any(letter.isdigit() for letter in word):
        return fold(word)
    if language == "en":
        for ending, american in AMERICAN:
            word = ending.sub(american, word)
    return fold(_stemmer(language).stemWord(word))


def _stemmer(language: str) -> snowballstemmer.stemmer:
    """Each thread has its own: they keep the word in themselves while they work."""
    made = _of_this_thread.__dict__.setdefault("stemmers", {})
    if language not in made:
        made[language] = snowballstemmer.stemmer(ALGORITHMS[language])
    return made[language]
