"""What the interface says is spelled alike in American and British English, so that it suits all editions."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.spelling import AMERICAN, BRITISH, EITHER

ROOT = Path(__file__).resolve().parents[2] / "broadsheet"
TRANSLATED = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext"}


def said_in_code(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TRANSLATED:
            for part in node.args:
                yield from (
                    leaf.value
                    for leaf in ast.walk(part)
                    if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str)
                )


def said_in_template(path: Path) -> str:
    written = path.read_text()
    translated = re.findall(r"""(?:\{% translate |_\()(["'])(.*?)\1""", written)
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", written, flags=re.DOTALL)
    named = re.findall(r'(?:aria-label|title|alt|placeholder)="([^"]*)"', text)
    return " ".join([re.sub(r"<[^>]*>", " ", text), *named, *(words for _quote, words in translated)])


def test_no_word_of_the_interface_is_spelled_otherwise_in_one_of_the_editions() -> None:
    said = {
        str(path): " ".join(said_in_code(path))
        for path in ROOT.rglob("*.py")
        if "migrations" not in path.parts
    }
    said |= {str(path): said_in_template(path) for path in ROOT.rglob("templates/**/*.*")}
    assert len(said) > 300
    foreign = {
        (path.removeprefix(f"{ROOT}/"), word)
        for path, words in said.items()
        for word in AMERICAN.findall(words.lower()) + BRITISH.findall(words.lower())
        if word not in EITHER
    }
    assert foreign == set()


def test_the_word_lists_know_what_is_spelled_otherwise() -> None:
    assert BRITISH.findall("cancelled in the centre, towards a colour we recognise") == [
        "cancelled",
        "centre",
        "towards",
        "colour",
        "recognise",
    ]
    assert AMERICAN.findall("canceled in the center, toward a color we recognize") == [
        "canceled",
        "center",
        "toward",
        "color",
        "recognize",
    ]
