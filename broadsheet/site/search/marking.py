"""Marks in a text the words that were looked for, and picks the part of it that has most of them."""

from collections.abc import Iterable
from re import Match

from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString

from broadsheet.site.search.stemming import stems_of
from broadsheet.site.search.text import WORD, word_of

WORDS = 36
"""Of an excerpt."""
BEFORE = 8
LOOKED_THROUGH = 400
"""Words from the first that was found on: they are near one another or they are not."""
LONG = 6_000
"""Characters. Of a longer text the words are read one by one only from where what is sought may stand."""
MOST_READ = 60_000
"""Characters that are read one by one where none of it begins as what is sought does."""
BEGINNING = 3
"""Letters of a stem that most of its forms begin with."""
AROUND = 400
"""Characters."""


class Sought(dict[str, bool]):
    """Word as it stands in a text → whether it has one of the stems. Most words of a page come again."""

    def __init__(self, stems: Iterable[str], language: str) -> None:
        self.stems, self.language = frozenset(stems), language
        self.beginnings = [stem[:BEGINNING] for stem in self.stems]

    def __missing__(self, word: str) -> bool:
        found = stems_of(word_of(word), self.language)
        self[word] = not self.stems.isdisjoint((found.main, *found.same, *found.parts))
        return self[word]

    def main(self, found: Match[str]) -> str:
        return stems_of(word_of(found[0]), self.language).main


def _pieces(text: str, found: Iterable[Match[str]]) -> Iterable[tuple[SafeString]]:
    end = 0
    for word in found:
        yield (escape(text[end : word.start()]),)
        yield (format_html_join("", "<mark>{}</mark>", [(word[0],)]),)
        end = word.end()
    yield (escape(text[end:]),)


def marked(text: str, sought: Sought) -> SafeString:
    """`text` as HTML, with each word that is sought in a ``<mark>``."""
    return format_html_join(
        "", "{}", _pieces(text, [word for word in WORD.finditer(text) if sought[word[0]]])
    )


def excerpt(text: str, sought: Sought) -> SafeString:
    """The words around most of `sought`, marked; empty where the text has none."""
    start = _start(text, sought) if len(text) > LONG else 0
    words, hits = _read(text, sought, start)
    if not hits and start:
        words, hits = _read(text, sought, 0)
    if not hits:
        return SafeString("")
    best = min((_closeness(hits[number:], sought), at) for number, (at, _word) in enumerate(hits))[1]
    first = max(0, best - BEFORE)
    # A sentence that begins nearby is read from its beginning.
    first = next((at for at in range(best, first - 1, -1) if _begins(text, words, at)), first)
    last = min(len(words), first + WORDS) - 1
    begin, end = words[first].start(), words[last].end()
    if not WORD.search(text, end):
        end = len(text)
    return format_html_join(
        "",
        "{}",
        [
            ("" if _begins(text, words, first) else "… ",),
            (marked(text[begin:end].strip(), sought),),
            ("" if end == len(text) else " …",),
        ],
    )


def _start(text: str, sought: Sought) -> int:
    """A sentence's beginning, not far before the first that looks like it; 0 where nothing does."""
    small = text.lower()
    likely = min((at for one in sought.beginnings if (at := small.find(one)) >= 0), default=0)
    return text.rfind(". ", 0, max(0, likely - AROUND)) + 1


def _read(text: str, sought: Sought, start: int) -> tuple[list[Match[str]], list[tuple[int, Match[str]]]]:
    """The words from there on, and which are sought, as far as `LOOKED_THROUGH` and `MOST_READ` go."""
    words: list[Match[str]] = []
    hits: list[tuple[int, Match[str]]] = []
    last = start + MOST_READ
    for word in WORD.finditer(text, start, last):
        if sought[word[0]]:
            hits.append((len(words), word))
        words.append(word)
        if hits and len(words) > hits[0][0] + LOOKED_THROUGH:
            break
    return words, hits


def _closeness(hits: list[tuple[int, Match[str]]], sought: Sought) -> tuple[int, int]:
    """Of an excerpt from the first on: less the more words it has, then how far apart they are."""
    begin = hits[0][0]
    places: dict[str, int] = {}
    for at, word in hits:
        if at >= begin + WORDS - BEFORE:
            break
        places.setdefault(sought.main(word), at)
    return -len(places), max(places.values()) - begin


def _begins(text: str, words: list[Match[str]], at: int) -> bool:
    """Whether a sentence begins with that word."""
    before = text[words[at - 1].end() : words[at].start()] if at else "."
    return any(end in before for end in ".!?…") and words[at][0][0].isupper()
