"""The words of an element in one line: text, bold, italic and links."""

import re
from collections.abc import Callable
from html import escape, unescape

from lxml import etree

from broadsheet.importers.bodies.addresses import absolute
from broadsheet.importers.bodies.sanitising import INLINE, parsed
from broadsheet.importers.bodies.texts import single_spaced

DEEPEST = 150
"""Elements in one another; what is deeper is taken as its text."""
OURS = {"b": "b", "strong": "b", "i": "i", "em": "i", "cite": "i", "sub": "sub", "sup": "sup"}
EMPTY = re.compile(r"<(\w+)(?: [^>]*)?>\s*</\1>")
HREF = re.compile(r'href="([^"]*)"')


def inline(markup: str, base: str = "") -> str:
    """A caption: text, bold, italic and links, in one line."""
    line = Line(base)
    if (root := parsed(markup)) is not None:
        line.words_of(root)
    return line.taken()


def rewritten(markup: str, leads_to: Callable[[str], str]) -> str:
    """`markup`, one of ours, with each link as `leads_to` says."""
    return HREF.sub(lambda found: f'href="{escape(leads_to(unescape(found[1])))}"', markup)


class Line:
    def __init__(self, base: str) -> None:
        self.base = base
        self._open: list[tuple[str, str]] = []  # the tag and how it opens
        self._words: list[str] = []
        self._has_words = False

    def text(self, words: str | None) -> None:
        if not words:
            return
        if words.strip():
            self._has_words = True
        self._words.append(escape(single_spaced(words), quote=False))

    def taken(self) -> str:
        """The words since the last time, as closed markup; what was open is opened again behind."""
        closing = "".join(f"</{tag}>" for tag, _opens in reversed(self._open))
        found = "".join(self._words).strip() + closing if self._has_words else ""
        self._words = [opens for _tag, opens in self._open]
        self._has_words = False
        # Most have neither; to look for the pattern in all of them takes far longer.
        return (EMPTY.sub("", found) if "></" in found or " </" in found else found).strip()

    def address_of(self, link: etree._Element) -> str:
        """Where a link leads; nowhere, if to a place in its own text: those marks don't come along."""
        address = link.get("href", "")
        return "" if address.startswith("#") else absolute(address, self.base)

    def words_of(self, element: etree._Element) -> None:
        """All that is said in an element, in one line."""
        self.text(element.text)
        for child in element:
            self.word(child)
            self.text(child.tail)

    def word(self, element: etree._Element, depth: int = 0) -> None:
        tag = str(element.tag)
        if tag in INLINE and depth < DEEPEST:
            name = OURS.get(tag, "")
            opens = f"<{name}>"
            if tag == "a" and (address := self.address_of(element)):
                name, opens = "a", f'<a href="{escape(address)}">'
            is_new = bool(name) and all(name != other for other, _opens in self._open)
            if is_new:
                self._open.append((name, opens))
                self._words.append(opens)
            self._below(element, depth)
            if is_new:
                self._open.pop()
                self._words.append(f"</{name}>")
        elif tag == "br":
            self.text(" ")
        elif depth < DEEPEST:
            self.text(" ")
            self._below(element, depth)
            self.text(" ")
        else:
            self.text(" ".join(str(words) for words in element.itertext()))

    def _below(self, element: etree._Element, depth: int) -> None:
        self.text(element.text)
        for child in element:
            self.word(child, depth + 1)
            self.text(child.tail)
