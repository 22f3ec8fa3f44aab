"""A language of the tests' own: every word that can be translated has foreign letters, and is longer.

What is still in English letters then was never marked, or is what somebody wrote.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.utils.translation import trans_real

from broadsheet.evidence.partial_dates import _in_words
from broadsheet.evidence.templatetags.evidence_tags import _day

PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
FOREIGN = "àƀçđéƒĝĥíĵķłɱñöþɋŕšţûṽŵẋýžÀƁÇĐÉƑĜĤÎĴĶŁḾÑÖÞɊŔŠŢÛṼŴẊÝŽ"
LETTERS = str.maketrans(PLAIN, FOREIGN)
KEPT = re.compile(
    r"%%|%\(\w+\)[#0\- +]*\d*(?:\.\d+)?[a-zA-Z]|%[sdrif]|\{\w*(?:![rsa])?(?::[^{}]*)?\}|<[^<>]*>|&\w+;"
)
"""Placeholders, tags and entities, which a translator leaves as they are."""
SEPARATOR = "\x04"
REMEMBERED = (_day, _in_words)
"""What keeps words by the language's tag, which means another language for a while."""


def foreign(message: str) -> str:
    """`message` in brackets, with foreign letters, and a third longer."""
    if not message:
        return message
    parts, end = [], 0
    for kept in KEPT.finditer(message):
        parts += [message[end : kept.start()].translate(LETTERS), kept[0]]
        end = kept.end()
    parts.append(message[end:].translate(LETTERS))
    head, text, tail = _edges("".join(parts))
    return f"{head}⟦{text}{'·' * (len(text) // 3)}⟧{tail}"


def _edges(text: str) -> tuple[str, str, str]:
    inner = text.strip()
    start = text.index(inner) if inner else 0
    return text[:start], inner, text[start + len(inner) :]


class Foreign(trans_real.DjangoTranslation):
    """In place of a language's translations; dates and numbers stay as that language has them."""

    def gettext(self, message: str) -> str:
        return foreign(message.rpartition(SEPARATOR)[2])

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return foreign((msgid1 if n == 1 else msgid2).rpartition(SEPARATOR)[2])


@contextmanager
def spoken_in(*tags: str) -> Iterator[None]:
    """The editions `tags`, or all, speak it for a while."""
    had: dict[str, Any] = dict(trans_real._translations)
    active = getattr(trans_real._active, "value", None)
    for tag in tags or settings.EDITIONS:
        trans_real._translations[tag] = Foreign(tag)
    default, trans_real._default = trans_real._default, trans_real._translations[settings.LANGUAGE_CODE]
    if active:
        trans_real._active.value = trans_real._translations.get(active.language(), active)
    _forget()
    try:
        yield
    finally:
        _forget()
        trans_real._translations.clear()
        trans_real._translations.update(had)
        trans_real._default = default
        if active:
            trans_real._active.value = active


def _forget() -> None:
    for remembered in REMEMBERED:
        remembered.cache_clear()
