"""Benchmarks stand on the harness, as the tests do; neither stands on the tests."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def named_modules(source: Path) -> Iterator[str]:
    """Those that `source` imports, and those it names in text, as for ``python -m``."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module)):
                yield module
            case ast.Constant(value=str(text)):
                yield from (line.removeprefix("from ").removeprefix("import ") for line in text.split("\n"))


@pytest.mark.parametrize("folder", ["bench", "harness"])
def test_it_imports_nothing_from_the_tests(folder: str) -> None:
    sources = sorted((ROOT / folder).rglob("*.py"))
    assert sources
    found = {
        f"{source.name}: {module}"
        for source in sources
        for module in named_modules(source)
        if module == "tests" or module.startswith(("tests ", "tests."))
    }
    assert not found
