"""What is wrong with a catalogue, a sentence for each fault."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message

from harness.catalogues import LOCALE, path_of
from harness.catalogues.writing import read, updated

NAMED = re.compile(r"%%|%\(\w+\)[#0\- +]*\d*(?:\.\d+)?[a-zA-Z]|%[sdrif]|\{\w*(?:![rsa])?(?::[^{}]*)?\}")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def faults(language: str, said: Catalog, folder: Path = LOCALE) -> Iterator[str]:
    catalog = read(language, folder)
    if path_of(language, folder).read_text(encoding="utf-8") != updated(catalog, said):
        yield f"{language}: the catalogue is not what the code says; run bin/catalogues update"
    for message in catalog:
        if message.id:
            for fault in faults_of(message, catalog.num_plurals, is_for_one=_begins_with_one(language)):
                yield f"{language}: {_first(message.id)!r}: {fault}"


def _begins_with_one(language: str) -> bool:
    """Whether the first form of a plural is for one alone; in French it is for none, too."""
    return Locale.parse(language, sep="-").plural_form(0) != "one"


def faults_of(message: Message, forms: int, *, is_for_one: bool) -> Iterator[str]:
    if message.fuzzy:
        yield "marked as fuzzy"
    strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    if not all(strings):
        yield "not translated"
        return
    ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
    if len(strings) != (forms if len(ids) > 1 else 1):
        yield f"{len(strings)} forms where there must be {forms}"
    for position, string in enumerate(strings):
        yield from _faults_of_form(string, ids, for_one=is_for_one and position == 0)


def _faults_of_form(string: str, ids: tuple[str, ...], *, for_one: bool) -> Iterator[str]:
    names = [Counter(NAMED.findall(text)) for text in ids]
    here = Counter(NAMED.findall(string))
    # “one day left”: who counts one alone may leave the number out, whatever its name.
    without_one = [names[-1] - Counter([name]) for name in names[-1]] if for_one and len(ids) > 1 else []
    if here not in (*names, *without_one):
        yield f"other placeholders in {string!r}"
    if Counter(TAG.findall(string)) not in [Counter(TAG.findall(text)) for text in ids]:
        yield f"other tags in {string!r}"
    for edge in (str.lstrip, str.rstrip):
        if (edge(string) == string) != (edge(ids[0]) == ids[0]):
            yield f"spaces before or after {string!r}"


def _first(words: str | tuple[str, ...] | list[str]) -> str:
    return words if isinstance(words, str) else words[0]
