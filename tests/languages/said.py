"""What templates say without marking it for translation: text and attributes with letters in them."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, TokenType

ROOT = Path(__file__).resolve().parents[2] / "broadsheet"
NAMED = {
    "alt",
    "title",
    "aria-label",
    "aria-description",
    "aria-roledescription",
    "placeholder",
    "label",
    "summary",
}
"""Attributes that people read or hear."""
MARKED = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for what a tag or a variable says."""
LETTERS = re.compile(r"[^\W\d_]{2,}")
CODE = {"script", "style", "code", "kbd", "pre", "svg"}


class Unmarked(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        for name, value in attrs:
            is_button = tag == "input" and name == "value" and given.get("type") in {"submit", "button"}
            is_told = tag == "meta" and name == "content" and given.get("name") == "description"
            if value and (name in NAMED or is_button or is_told):
                self._look(value)
        if tag in CODE:
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside or self.inside == ["svg"]:
            self._look(data)

    def _look(self, text: str) -> None:
        words = " ".join(text.replace(MARKED, " … ").split())
        if LETTERS.search(words):
            self.found.append(words)


def without_tags(template: str) -> str:
    """The template's own text; of what is marked, and of tags and variables, nothing."""
    kept, is_marked, is_comment = [], False, False
    for token in Lexer(template).tokenize():
        words = token.contents.split()
        if token.token_type == TokenType.BLOCK:
            match words[0]:
                case "blocktranslate" | "blocktrans":
                    is_marked = True
                    kept.append(MARKED)
                case "endblocktranslate" | "endblocktrans":
                    is_marked = False
                case "comment":
                    is_comment = True
                case "endcomment":
                    is_comment = False
                case "translate" | "trans":
                    kept.append(MARKED)
                case _:
                    # In an attribute's place a tag stands between two of them.
                    kept.append(" ")
        elif token.token_type == TokenType.VAR:
            kept.append(MARKED)
        elif token.token_type == TokenType.TEXT and not is_marked and not is_comment:
            kept.append(token.contents)
    return "".join(kept)


FILTERED = re.compile(r"\|(?:default|default_if_none|yesno|pluralize|add)(?::(?P<given>\"[^\"]*\"|'[^']*'))?")
GIVEN = re.compile(
    r"""(?<![_(\w])(?:label|title|text|heading|help|words|caption)=(?P<given>"[^"]*[a-z][^"]*"|'[^']*[a-z][^']*')"""
)


def said_by_filters(template: str) -> Iterator[str]:
    """Words that a filter puts in, and that a tag hands on."""
    for token in Lexer(template).tokenize():
        if token.token_type not in (TokenType.VAR, TokenType.BLOCK):
            continue
        for found in FILTERED.finditer(token.contents):
            given = (found["given"] or "")[1:-1]
            if "pluralize" in found[0] or (
                LETTERS.search(given) and not re.fullmatch(r"[a-z0-9_:/.-]+", given)
            ):
                yield found[0]
        if token.token_type == TokenType.BLOCK and token.contents.split()[0] in {"include", "with"}:
            yield from (found[0] for found in GIVEN.finditer(token.contents) if " " in found["given"])


def unmarked(path: Path) -> list[str]:
    template = path.read_text(encoding="utf-8")
    reader = Unmarked()
    text = without_tags(template)
    if path.suffix in {".html", ".svg"}:
        reader.feed(text)
        reader.close()
    else:
        for line in text.splitlines():
            reader._look(line)
    return reader.found + list(said_by_filters(template))
