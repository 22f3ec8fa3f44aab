"""What the code and the templates say, as a catalogue without translations."""

from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from django.utils.translation.template import templatize

from harness.catalogues import PRODUCT

LAZY = {f"{name}_lazy": DEFAULT_KEYWORDS[name] for name in ("gettext", "ngettext", "pgettext", "npgettext")}
KEYWORDS = {name: places for name, places in (DEFAULT_KEYWORDS | LAZY).items() if not name.startswith("dn")}
NOTE = "Translators:"

type Said = tuple[str | None, tuple[str, ...], list[str]]
"""Context, the message (with its plural, if it has one), and what its author tells translators."""


def extract(root: Path = PRODUCT) -> Catalog:
    """Ordered by the file that says a message first, then by the message: lines would move too often."""
    files: dict[tuple[str | None, str], list[str]] = defaultdict(list)
    forms: dict[tuple[str | None, str], tuple[str, ...]] = {}
    notes: dict[tuple[str | None, str], list[str]] = defaultdict(list)
    for path in sources(root):
        name = path.relative_to(root.parent).as_posix()
        for context, words, told in said_in(path):
            key = (context, words[0])
            if name not in files[key]:
                files[key].append(name)
            forms[key] = max(forms.get(key, words), words, key=len)
            notes[key] += [note for note in told if note not in notes[key]]
    catalog = Catalog()
    for key in sorted(files, key=lambda key: (files[key][0], key[1], key[0] or "")):
        context, words = key[0], forms[key]
        catalog.add(
            words if len(words) > 1 else words[0],
            locations=[(name, 0) for name in files[key]],
            auto_comments=notes[key],
            context=context,
        )
    return catalog


def sources(root: Path) -> list[Path]:
    """Everything that may say something, in a fixed order."""
    code = (path for path in root.rglob("*.py") if "migrations" not in path.parts)
    templates = (path for path in root.rglob("templates/**/*.*") if path.is_file())
    return sorted({*code, *templates})


def said_in(path: Path) -> Iterator[Said]:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Python's own reader of tokens would take the indents for its own.
        text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
    calls = extract_python(BytesIO(text.encode()), list(KEYWORDS), [NOTE], {"encoding": "utf-8"})
    for _, called, given, told in calls:
        places = KEYWORDS[str(called)] or (1,)
        arguments = given if isinstance(given, (tuple, list)) else (given,)
        context: str | None = None
        words: list[str] = []
        for place in places:
            at = place if isinstance(place, int) else place[0]
            found = arguments[at - 1] if len(arguments) >= at else None
            if not found:
                break  # a variable, whose words stand where it was given them
            if isinstance(place, int):
                words.append(found)
            else:
                context = found
        else:
            yield context, tuple(words), [note.removeprefix(NOTE).strip() for note in told]
