"""What articles of a benchmark say, and the bodies that it makes."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from broadsheet.evidence.models import Speaker

OFTEN = 20
"""Speakers who are quoted everywhere."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"
PARAGRAPHS, QUOTATIONS, ENTRIES, POSITIONS, FACTS = 12, 8, 3, 3, 2
TEXTS = [60] * PARAGRAPHS + [22] * QUOTATIONS + [12] * ENTRIES + [15] * POSITIONS + [12] * FACTS
"""Words of each text."""

chance = random.Random(16)  # noqa: S311 (words of a benchmark)
vocabulary = ["".join(chance.choices(LETTERS, k=chance.randint(2, 9))) for _ in range(6000)]
weights = list(accumulate(1 / (rank + 3) for rank in range(len(vocabulary))))


def say(words: int) -> str:
    return " ".join(chance.choices(vocabulary, cum_weights=weights, k=words)).capitalize() + "."


@dataclass(frozen=True, slots=True)
class Said:
    """What differs between two articles of one shape."""

    texts: list[str]
    question: str
    dates: list[str]
    speakers: list[Speaker]
    sources: list[int]

    @classmethod
    def something(cls, number: int, speakers: list[Speaker], sources: list[int]) -> "Said":
        often, seldom = speakers[:OFTEN], speakers[OFTEN:]
        quoted = QUOTATIONS + POSITIONS
        named = {chance.choice(often) for _ in range(quoted) if chance.random() < 0.1}
        return cls(
            texts=[say(words) for words in TEXTS],
            question=f"Question {number % 40}?",
            dates=[f"{1900 + chance.randint(0, 120)}-0{month + 1}" for month in range(ENTRIES)],
            speakers=[*named, *chance.sample(seldom, quoted - len(named))],
            sources=chance.sample(sources, QUOTATIONS + ENTRIES + POSITIONS + FACTS),
        )

    def in_plain_text(self) -> list[str]:
        return [*self.texts, self.question, *self.dates, *(speaker.name for speaker in self.speakers)]

    def body(self) -> list[dict[str, Any]]:
        texts, speakers, sources = iter(self.texts), iter(self.speakers), iter(self.sources)

        def text(key: str, paragraphs: int) -> dict[str, Any]:
            return _block("text", "".join(f"<p>{next(texts)}</p>" for _ in range(paragraphs)), key)

        def quotation(number: int) -> dict[str, Any]:
            said = {"text": next(texts), "speaker": next(speakers).pk, "source": next(sources)}
            return _block("quotation", said, f"q{number}")

        paragraphs = [text("opening", 3), text("rest", PARAGRAPHS - 3)]
        quotations = [quotation(number) for number in range(QUOTATIONS)]
        entries = [{"when": when, "text": next(texts), "source": next(sources)} for when in self.dates]
        positions = [
            {"holder": next(speakers).pk, "position": next(texts), "source": next(sources)}
            for _ in range(POSITIONS)
        ]
        facts = [
            {"text": next(texts), "as_of": "2026-02-28", "sources": _items("s", [next(sources)])}
            for _ in range(FACTS)
        ]
        timeline = {"title": "How it went", "entries": _items("t", entries)}
        perspectives = {"question": self.question, "positions": _items("p", positions)}
        return [
            paragraphs[0],
            *quotations[:3],
            _block("timeline", timeline, "timeline"),
            _block("perspectives", perspectives, "perspectives"),
            _block("wall", None, "wall"),
            paragraphs[1],
            *quotations[3:],
            _block("facts", {"title": "What is known", "items": _items("f", facts)}, "facts"),
        ]


def _block(kind: str, value: Any, key: str) -> dict[str, Any]:
    return {"type": kind, "value": value, "id": key}


def _items(letter: str, values: Iterable[Any]) -> list[dict[str, Any]]:
    return [_block("item", value, f"{letter}{number}") for number, value in enumerate(values)]
