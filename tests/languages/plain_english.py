"""Finds plain English in what people read, beside what somebody has written into the database."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from django.apps import apps
from django.db.models import Field, FileField, JSONField
from lxml import html

from broadsheet.membership.legal_buttons import BY_LANGUAGE

NAMED = ("alt", "title", "aria-label", "aria-description", "placeholder", "data-copied", "data-said", "label")
NOT_READ = {"script", "style", "code", "template", "noscript-none"}
ADDRESS = re.compile(
    r"https?://\S+|[\w.+-]+@[\w.-]+|(?<!\w)/[\w/.?=&%-]+|\b[\w-]+\.(?:example|test|pdf|csv|json|com|org)\b"
)
RUN = re.compile(r"[A-Za-z0-9'’.,:;&/$€£%+ ()-]+")
WORD = re.compile(r"[A-Za-z]{2,}")
NAMES = {
    *(
        "Broadsheet",
        "RSS",
        "Atom",
        "JSON",
        "CSV",
        "PDF",
        "Wagtail",
        "Stripe",
        "Ctrl",
        "IBAN",
        "BIC",
        "DOI",
        "URL",
    ),
    *(
        "English",
        "EST",
        "EDT",
        "GMT",
        "BST",
        "UTC",
        "HTML",
        "API",
        "WhatsApp",
        "Bluesky",
        "Facebook",
        "LinkedIn",
    ),
    *("X", "Mastodon", "Apple", "Google", "Chrome", "Linux", "Firefox", "Safari", "VAT"),
}
"""What is called the same in every language."""


def everything_written() -> str:
    """All that is in the database, as one text."""
    parts: list[str] = []
    for model in apps.get_models():
        fields = [field for field in model._meta.concrete_fields if _holds_text(field)]
        if fields:
            for row in model._base_manager.values_list(*(field.attname for field in fields)):
                for value in row:
                    parts += _texts(value)
    return "\n".join(parts)


def _holds_text(field: Field[Any, Any]) -> bool:
    kinds = {"CharField", "TextField", "JSONField", "EmailField", "SlugField", "URLField", "StreamField"}
    return field.get_internal_type() in kinds or isinstance(field, (JSONField, FileField))


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            plain = unescape(re.sub(r"<[^>]*>", " ", value))
            yield normal(plain)
            if value[:1] in "[{":
                try:
                    yield from _texts(json.loads(value))
                except ValueError:
                    pass
        case dict():
            for one in value.values():
                yield from _texts(one)
        case list() | tuple():
            for one in value:
                yield from _texts(one)
        case None | bool() | int():
            pass
        case _:
            raw = getattr(value, "raw_data", None)
            yield from _texts(list(raw) if raw is not None else str(value))


def normal(text: str) -> str:
    return " ".join(text.replace("’", "'").replace("‑", "-").split())


LAW = [
    word
    for words in BY_LANGUAGE["en"].__slots__
    for word in [getattr(BY_LANGUAGE["en"], words).partition("%")[0]]
]


class Reader:
    """Knows what was written, and names the rest."""

    def __init__(self) -> None:
        self.written = everything_written() + "\n" + "\n".join(LAW)

    def learn(self) -> None:
        self.written = everything_written() + "\n" + "\n".join(LAW)

    def english_in(self, text: str) -> Iterator[str]:
        for run in RUN.findall(ADDRESS.sub("⟦", text)):
            run = normal(run)
            if not WORD.search(run) or self._knows(run):
                continue
            for part in re.split(r"[.,:;&/()] *|\s-\s| {2,}", run):
                if WORD.search(part) and not self._knows(part):
                    yield part.strip()

    def _knows(self, text: str) -> bool:
        text = text.strip(" .,:;'-()&/+%$0123456789")
        return not WORD.search(text) or text in NAMES or text in self.written

    def english_in_page(self, page: str) -> Iterator[str]:
        if not page.strip():
            return
        for text in texts_of(html.document_fromstring(page)):
            yield from self.english_in(text)


def texts_of(tree: Any) -> Iterator[str]:
    for element in tree.iter():
        if not isinstance(element.tag, str):
            if element.tail:
                yield element.tail
            continue
        if element.tag not in NOT_READ and element.text:
            yield element.text
        if element.tail:
            yield element.tail
        for name in NAMED:
            if element.get(name):
                yield element.get(name)
        if element.tag == "input" and element.get("type") in {"submit", "button"} and element.get("value"):
            yield element.get("value")
        if (element.tag == "meta" and element.get("name") == "description") or element.get("property") in {
            "og:title",
            "og:description",
            "og:image:alt",
        }:
            yield element.get("content") or ""
