"""What is wrong with a catalogue, a sentence for each fault."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

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
            for fault in faults_of(message, catalog.num_plurals):
                yield f"{language}: {_first(message.id)!r}: {fault}"


def faults_of(message: Message, forms: int) -> Iterator[str]:
    if message.fuzzy:
        yield "marked as fuzzy"
    strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    if not all(strings):
        yield "not translated"
        return
    ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
    if len(strings) != (forms if len(ids) > 1 else 1):
        yield f"{len(strings)} forms where there must be {forms}"
    for string in strings:
        yield from _faults_of_form(string, ids)


def _faults_of_form(string: str, ids: tuple[str, ...]) -> Iterator[str]:
    # The form for one may leave its number out (“one day left”), as the English one does or not.
    names = [Counter(NAMED.findall(text)) for text in ids]
    most, least = names[-1], Counter(names[0])
    here = Counter(NAMED.findall(string))
    if len(ids) > 1:
        numbers = {name for name in most if name.endswith("d") or "count" in name or name not in least}
        most, least, here = ({name for name in found if name not in numbers} for found in (most, least, here))
        if here not in (most, least):
            yield f"other placeholders in {string!r}"
    elif here != most:
        yield f"other placeholders in {string!r}"
    if Counter(TAG.findall(string)) not in [Counter(TAG.findall(text)) for text in ids]:
        yield f"other tags in {string!r}"
    for edge in (str.lstrip, str.rstrip):
        if (edge(string) == string) != (edge(ids[0]) == ids[0]):
            yield f"spaces before or after {string!r}"


def _first(words: str | tuple[str, ...] | list[str]) -> str:
    return words if isinstance(words, str) else words[0]
