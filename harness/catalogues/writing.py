"""Catalogues as files: brought up to date with the code, and compiled for the product to read."""

import os
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from harness.catalogues import LOCALE, languages, path_of

KEPT = ("Language:", "Plural-Forms:", "MIME-Version:", "Content-Type:", "Content-Transfer-Encoding:")
"""Of a catalogue's head: what says who changed it, and when, would be in every change."""


def read(language: str, folder: Path = LOCALE) -> Catalog:
    with path_of(language, folder).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def updated(old: Catalog, said: Catalog) -> str:
    """The catalogue's text with all that is said now, nothing else, and the translations that it has of it.

    A message whose words changed has none: a guess from another one would be read as if somebody had made it.
    """
    new = Catalog(locale=old.locale, fuzzy=False, header_comment="")
    for message in said:
        if not message.id:
            continue
        known = old.get(message.id[0] if message.pluralizable else message.id, message.context)
        fits = known is not None and known.pluralizable == message.pluralizable and not known.fuzzy
        new.add(
            message.id,
            known.string if fits else None,
            locations=message.locations,
            auto_comments=message.auto_comments,
            user_comments=known.user_comments if known else (),
            flags=flags_of(message),
            context=message.context,
        )
    return written(new)


def flags_of(message: Message) -> set[str]:
    return {"python-format"} if message.python_format else set()


def written(catalog: Catalog) -> str:
    file = BytesIO()
    write_po(file, catalog, width=0, include_lineno=False)
    head, blank, rest = file.getvalue().decode().partition("\n\n")
    lines = head.split("\n")
    first = lines.index('msgid ""')
    kept = [line for line in lines[first + 2 :] if line.startswith(tuple(f'"{name}' for name in KEPT))]
    return "\n".join(['msgid ""', 'msgstr ""', *sorted(kept)]) + blank + rest.rstrip("\n") + "\n"


def update(language: str, said: Catalog, folder: Path = LOCALE) -> Catalog:
    """Makes the catalogue where there is none yet."""
    path = path_of(language, folder)
    old = read(language, folder) if path.exists() else Catalog(locale=language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(updated(old, said), encoding="utf-8")
    return read(language, folder)


def compile_all(folder: Path = LOCALE) -> list[Path]:
    """Those that changed since they were compiled. Several processes may do it at once."""
    made = []
    for language in languages(folder):
        source = path_of(language, folder)
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            made.append(compile_one(language, target, folder))
    return made


def compile_one(language: str, target: Path, folder: Path = LOCALE) -> Path:
    catalog = read(language, folder)
    part = target.with_name(f"{target.name}.{os.getpid()}")
    with part.open("wb") as file:
        write_mo(file, catalog)
    part.replace(target)
    return target
