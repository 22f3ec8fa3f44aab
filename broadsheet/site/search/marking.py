"""Marks in a text the words that were looked for, and picks the part of it that has most of them."""

from collections.abc import Container, Iterable

from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString

from broadsheet.site.search.stemming import stems_of
from broadsheet.site.search.text import WORD, Token, tokens

WORDS = 36
"""Of an excerpt."""
BEFORE = 8
LOOKED_THROUGH = 400
"""Words from the first that was found on: they are near one another or they are not."""


def _is_found(token: Token, stems: Container[str], language: str) -> bool:
    found = stems_of(token.word, language)
    return any(stem in stems for stem in (found.main, *found.same, *found.parts))


def _pieces(text: str, found: Iterable[Token]) -> Iterable[tuple[SafeString]]:
    end = 0
    for token in found:
        yield (escape(text[end : token.start]),)
        yield (format_html_join("", "<mark>{}</mark>", [(text[token.start : token.end],)]),)
        end = token.end
    yield (escape(text[end:]),)


def marked(text: str, stems: Container[str], language: str) -> SafeString:
    """`text` as HTML, with each word that has one of `stems` in a ``<mark>``."""
    found = [token for token in tokens(text) if _is_found(token, stems, language)]
    return format_html_join("", "{}", _pieces(text, found))


def excerpt(text: str, stems: Container[str], language: str) -> SafeString:
    """The words around most of `stems`, marked; empty where the text has none."""
    words: list[Token] = []
    hits: list[tuple[int, Token]] = []
    for token in tokens(text):
        if _is_found(token, stems, language):
            hits.append((len(words), token))
        words.append(token)
        if hits and len(words) > hits[0][0] + LOOKED_THROUGH:
            break
    if not hits:
        return SafeString("")
    best = min((_closeness(hits[number:], language), at) for number, (at, _token) in enumerate(hits))[1]
    first = max(0, best - BEFORE)
    # A sentence that begins nearby is read from its beginning.
    first = next((at for at in range(best, first - 1, -1) if _begins(text, words, at)), first)
    last = min(len(words), first + WORDS) - 1
    start, end = words[first].start, words[last].end
    if not WORD.search(text, end):
        end = len(text)
    part = text[start:end].strip()
    return format_html_join(
        "",
        "{}",
        [
            ("" if _begins(text, words, first) else "… ",),
            (marked(part, stems, language),),
            ("" if end == len(text) else " …",),
        ],
    )


def _closeness(hits: list[tuple[int, Token]], language: str) -> tuple[int, int]:
    """Of an excerpt from the first on: less the more words it has, then how far apart they are."""
    begin = hits[0][0]
    places: dict[str, int] = {}
    for at, token in hits:
        if at >= begin + WORDS - BEFORE:
            break
        places.setdefault(stems_of(token.word, language).main, at)
    return -len(places), max(places.values()) - begin


def _begins(text: str, words: list[Token], at: int) -> bool:
    """Whether a sentence begins with that word."""
    before = text[words[at - 1].end : words[at].start] if at else "."
    return any(end in before for end in ".!?…") and words[at].word[0].isupper()
