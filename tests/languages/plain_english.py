"""Finds plain English in what people read, beside what somebody has written into the database."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from html import unescape
from typing import Any

from django.apps import apps
from django.db.models import Field, FileField, JSONField
from django.utils import translation
from lxml import html

from broadsheet.membership.legal_buttons import BY_LANGUAGE
from broadsheet.notices.kinds import letter_of
from broadsheet.notices.models import Notice
from broadsheet.people.letters import written
from tests.languages.pseudo import spoken_in

NAMED = ("alt", "title", "aria-label", "aria-description", "placeholder", "data-copied", "data-said", "label")
NOT_READ = {"script", "style", "code", "template", "noscript-none"}
ADDRESS = re.compile(
    r"https?://\S+|[\w.+-]+@[\w.-]+|(?<!\w)/[\w/.?=&%-]+|\b[\w-]+\.(?:example|test|pdf|csv|json|com|org)\b"
)
RUN = re.compile(r"[A-Za-z0-9'’.,:;&/$€£%+ ()-]+")
WORD = re.compile(r"[A-Za-z]{2,}")
TOKEN = re.compile(r"(?=\S*\d)(?=\S*[a-zA-Z])[\w-]{4,}|[A-Za-z0-9_-]{25,}|[A-Z]{4}(-[A-Z]{4})+")
"""Codes, names of files and what is signed."""
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


def everything_written() -> list[str]:
    """All that is in the database."""
    parts: list[str] = []
    for model in apps.get_models():
        fields = [field for field in model._meta.concrete_fields if _holds_text(field)]
        if fields:
            for row in model._base_manager.values_list(*(field.attname for field in fields)):
                for value in row:
                    parts += _texts(value)
    return parts


def _holds_text(field: Field[Any, Any]) -> bool:
    kinds = {"CharField", "TextField", "JSONField", "EmailField", "SlugField", "URLField", "StreamField"}
    return field.get_internal_type() in kinds or isinstance(field, (JSONField, FileField))


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            plain = unescape(re.sub(r"<[^>]*>", " ", value))
            yield normal(plain)
            if value[:1] in "[{":
                with suppress(ValueError):
                    yield from _texts(json.loads(value))
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
        self.learn()

    def learn(self) -> None:
        values = {*everything_written(), *LAW, *NAMES}
        self.values = {value for value in values if len(value) < 100}
        self.written = "\n".join(values)

    def english_in(self, text: str) -> Iterator[str]:
        for run in RUN.findall(ADDRESS.sub("⟦", text)):
            run = normal(run)
            if not WORD.search(run) or self._knows(run):
                continue
            for part in re.split(r"[.,:;&/()] *|\s-\s| {2,}", run):
                if WORD.search(part) and not TOKEN.fullmatch(part.strip()) and not self._knows(part):
                    yield part.strip()

    def _knows(self, text: str) -> bool:
        text = text.strip(" .,:;'-()&/+%$0123456789")
        if not WORD.search(text) or text in NAMES or text in self.written:
            return True
        # Two values side by side, as the publication's name and the edition's are.
        words = text.split()
        return any(
            " ".join(words[:at]) in self.values and " ".join(words[at:]) in self.values
            for at in range(1, len(words))
        )

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


def english_in_notices() -> dict[str, str]:
    """What the letters of all notices would say in English that is not marked → the kind of its notice."""
    reader = Reader()
    found: dict[str, str] = {}
    with spoken_in():
        for notice in Notice.objects.all():
            if letter := letter_of(notice):
                with translation.override(notice.edition):
                    text, page = written(letter)
                for said in (letter.subject, text):
                    found |= dict.fromkeys(reader.english_in(said), notice.kind)
                found |= dict.fromkeys(reader.english_in_page(page), notice.kind)
    return found
