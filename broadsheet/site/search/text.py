"""Text as words and stems, for the index and for marking what was found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from broadsheet.site.search.stemming import stems_of

# Marks of scripts that write vowels as such, and what is not seen within a word.
LETTERS = (
    "(?:[^\\W_]++|[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u00ad\u200c\u200d"
    "\u0900-\u0963\u0980-\u09cd\u0a01-\u0dff\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])++"
)
NUMBER = "(?<![^\\W_])\\d{1,3}(?:[.,’'\u00a0\u202f]\\d{3})+(?![^\\W_])"
WORD = re.compile(f"(?:{NUMBER})|{LETTERS}(?:['’ʼ]{LETTERS})*+")
_number = re.compile(NUMBER)
JOINS = frozenset("-‐‑.&")
BREAK = "_"
"""Stands between fields, so that no phrase is found across them. No word holds it."""


class Token(NamedTuple):
    start: int
    end: int
    word: str


def tokens(text: str) -> Iterator[Token]:
    for found in WORD.finditer(text):
        yield Token(found.start(), found.end(), word_of(found[0]))


def word_of(matched: str) -> str:
    """A thousand is the same with and without what parts its figures."""
    return re.sub(r"\D", "", matched) if matched[0].isdigit() and _number.fullmatch(matched) else matched


def joined(text: str, found: list[Token]) -> Iterator[list[Token]]:
    """Runs of words that are written as one: Covid-19, U.S., AT&T."""
    run: list[Token] = []
    for token in found:
        if run and token.start == run[-1].end + 1 and text[run[-1].end] in JOINS:
            run.append(token)
            continue
        if len(run) > 1:
            yield run
        run = [token]
    if len(run) > 1:
        yield run


@dataclass(frozen=True, slots=True)
class Stemmed:
    """A text's stems: those of its words, in order, then once each what else it is found by."""

    main: list[str]
    besides: list[str]

    @classmethod
    def of(cls, language: str, *texts: str) -> "Stemmed":
        main: list[str] = []
        besides: dict[str, None] = {}
        for text in filter(None, texts):
            found = list(tokens(text))
            if main:
                main.append(BREAK)
            for token in found:
                stems = stems_of(token.word, language)
                main.append(stems.main)
                besides.update(dict.fromkeys((*stems.same, *stems.parts)))
            for run in joined(text, found):
                besides[stems_of("".join(token.word for token in run), language).main] = None
        there = set(main)
        return cls(main, [stem for stem in besides if stem not in there])

    def in_order(self) -> list[str]:
        return [*self.main, *(part for stem in self.besides for part in (BREAK, stem))]
