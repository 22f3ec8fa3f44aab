"""What templates and code say without marking it for translation."""

import ast
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
                LETTERS.search(given) and not re.fullmatch(r"UTC|[a-z0-9_:/.,-]+", given)
            ):
                yield found[0]
        if token.token_type == TokenType.BLOCK and token.contents.split()[0] in {"include", "with"}:
            yield from (found[0] for found in GIVEN.finditer(token.contents) if " " in found["given"])


def unmarked_in_template(path: Path) -> list[str]:
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


TRANSLATED = {
    "_",
    "__",
    "gettext",
    "gettext_lazy",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "npgettext",
}
FOR_DEVELOPERS = {
    *("debug", "info", "warning", "error", "exception", "critical", "warn", "getLogger"),
    *("compile", "write", "add_argument", "execute", "labels", "Error", "Warning", "Info"),
    *("ImproperlyConfigured", "Malformed", "CommandError"),
}
"""Calls whose words only developers and operators read."""
SENTENCE = re.compile(r"^[A-Z“][a-z’]+( [\w’“”,.%{}()–-]+)+|[a-z]+ [a-z]+ [a-z]+")


def unmarked_in_code(path: Path) -> list[str]:
    """Strings that look like a sentence, or like two words of a label."""
    return list(_said_by(ast.parse(path.read_text(encoding="utf-8"))))


def _said_by(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call() if _name(node.func) in TRANSLATED | FOR_DEVELOPERS:
            return
        case ast.Raise() | ast.Expr(value=ast.Constant()):
            return
        case ast.JoinedStr(values=values):
            words = "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in values)
            if SENTENCE.search(words):
                yield words
            return
        case ast.Constant(value=str(words)):
            if SENTENCE.search(words):
                yield words
            return
    for part in ast.iter_child_nodes(node):
        yield from _said_by(part)


def _name(called: ast.expr) -> str:
    return (
        called.id
        if isinstance(called, ast.Name)
        else called.attr
        if isinstance(called, ast.Attribute)
        else ""
    )
