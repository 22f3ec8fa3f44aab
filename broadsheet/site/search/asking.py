"""What somebody typed, as what is looked for. Whatever it is, it means something or nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Self

from broadsheet.site.search.languages import SLIGHT
from broadsheet.site.search.stemming import fold, stems_of
from broadsheet.site.search.text import joined, tokens

LONGEST_QUERY = 200
MOST_WORDS = 12
MOST_LEFT_OUT = 2

CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″", '"'))
PIECE = re.compile(r'"([^"]*)"|([^\s"]+)')

type Phrase = tuple[str, ...]
"""Stems that follow one another."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that an article must have: any of these phrases. `typed` are its words as they were typed."""

    typed: str
    any_of: tuple[Phrase, ...]
    is_slight: bool = False
    is_quoted: bool = False

    @property
    def stems(self) -> set[str]:
        return {stem for phrase in self.any_of for stem in phrase}

    def apart(self) -> "list[Part]":
        phrase = self.any_of[0]
        if self.is_quoted or len(phrase) == 1:
            return [self]
        return [Part(stem, ((stem,),)) for stem in phrase]


type Choice = tuple[Part, ...]
"""Parts that an article must have, all of them."""


@dataclass(frozen=True)
class Asked:
    text: str
    """As it was typed, and as it is shown again."""
    language: str
    parts: tuple[Part, ...]

    @classmethod
    def of(cls, typed: str, language: str) -> Self:
        text = " ".join(CONTROLS.sub(" ", typed[:LONGEST_QUERY]).split())
        found: list[Part] = []
        left = MOST_WORDS
        for part in _parts(text, language):
            left -= len(part.any_of[0])
            if left < 0:
                break
            found.append(part)
        return cls(text, language, tuple(found))

    @cached_property
    def needed(self) -> Choice:
        """Without the words that say little, unless there are no others; each once."""
        told = [part for part in self.parts if not part.is_slight] or self.parts
        return tuple({part.any_of: part for part in told}.values())

    @cached_property
    def apart(self) -> Choice:
        """As `needed`, with what was typed as one word of several, such as 4-day, taken apart."""
        parts = {one.any_of: one for part in self.needed for one in part.apart()}
        return tuple(parts.values())

    def most_of(self) -> Iterator[tuple[Choice, ...]]:
        """What is left when one word is left out, whichever it is, and then when two are."""
        number = len(self.needed)
        for left_out in range(1, min(MOST_LEFT_OUT, number // 2) + 1):
            yield tuple(combinations(self.needed, number - left_out))

    @cached_property
    def stems(self) -> frozenset[str]:
        """By which words in a text are marked."""
        return frozenset(stem for part in self.needed for stem in part.stems)

    def with_words(self, changed: dict[str, str]) -> Self:
        """The same with other words in place of some: as typed → instead."""
        text = self.text
        for typed, instead in changed.items():
            text = re.sub(rf"(?<!\w){re.escape(typed)}(?!\w)", lambda _: instead, text)  # noqa: B023 (used at once)
        return type(self).of(text, self.language)


def _parts(text: str, language: str) -> Iterator[Part]:
    for quoted, plain in PIECE.findall(text.translate(QUOTES)):
        if quoted:
            if phrase := tuple(stems_of(token.word, language).main for token in tokens(quoted)):
                yield Part(quoted, (phrase,), is_quoted=True)
        else:
            yield from _plain(plain, language)


def _plain(text: str, language: str) -> Iterator[Part]:
    found = list(tokens(text))
    runs = {run[0].start: run for run in joined(text, found)}
    until = 0
    for token in found:
        if token.start < until:
            continue
        if run := runs.get(token.start):
            until = run[-1].end
            phrase = tuple(stems_of(one.word, language).main for one in run)
            whole = stems_of("".join(one.word for one in run), language).main
            yield Part(text[token.start : until], (phrase, (whole,)))
            continue
        stems = stems_of(token.word, language)
        # Typed in capitals it is a name: WHO, IT.
        is_name = len(token.word) > 1 and token.word.isupper()
        forms = tuple((stem,) for stem in (stems.main, *stems.same))
        slight = is_slight(fold(token.word), language) and not is_name
        yield Part(text[token.start : token.end], forms, is_slight=slight)


def is_slight(folded: str, language: str) -> bool:
    return folded in _FOLDED.get(language, ())


_FOLDED = {language: frozenset(map(fold, words)) for language, words in SLIGHT.items()}
