"""Finds plain English in what people read, beside what somebody has written into the database."""

import json
import re
from calendar import month_name
from collections.abc import Iterator
from contextlib import suppress
from functools import cache, lru_cache
from html import unescape
from typing import Any

from django.apps import apps
from django.db import connection
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
    *("X", "Mastodon", "Apple", "Google", "Chrome", "Linux", "Firefox", "Safari", "VAT", "EPUB"),
    # From day to day dates are said as Unicode's CLDR has them, which no catalogue translates.
    *month_name[1:],
}
"""What is called the same in every language."""


def everything_written() -> set[str]:
    """All that is in the database."""
    values: set[object] = set()
    with connection.cursor() as cursor:
        for question in _questions():
            values.update(*cursor.execute(question))
    return {text for value in values if isinstance(value, str) for text in _texts_in(value)}


@cache
def _questions() -> list[str]:
    """For the text in each table as it stands there: to ask through the models costs ten times as much."""
    questions = []
    for model in apps.get_models():
        columns = [field.column for field in model._meta.local_concrete_fields if _holds_text(field)]
        if columns:
            quoted = connection.ops.quote_name
            names = ", ".join(map(quoted, columns))
            questions.append(f"SELECT {names} FROM {quoted(model._meta.db_table)}")  # noqa: S608 (names from models)
    return questions


def _holds_text(field: Field[Any, Any]) -> bool:
    kinds = {"CharField", "TextField", "JSONField", "EmailField", "SlugField", "URLField", "StreamField"}
    return field.get_internal_type() in kinds or isinstance(field, (JSONField, FileField))


@lru_cache(maxsize=20_000)
def _texts_in(value: str) -> tuple[str, ...]:
    """What stands in most rows is the same in all tests."""
    return tuple(_texts(value))


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            if value[:1] in ("[", "{"):
                with suppress(ValueError):
                    yield from _texts(json.loads(value))
                    return
            yield normal(unescape(re.sub(r"<[^>]*>", " ", value)))
        case dict():
            for one in value.values():
                yield from _texts(one)
        case list():
            for one in value:
                yield from _texts(one)


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
    found: dict[str, str] = {}
    notices = list(Notice.objects.all())
    if not notices:
        return found
    reader = Reader()
    with spoken_in():
        for notice in notices:
            if letter := letter_of(notice):
                with translation.override(notice.edition):
                    text, page = written(letter)
                for said in (letter.subject, text):
                    found |= dict.fromkeys(reader.english_in(said), notice.kind)
                found |= dict.fromkeys(reader.english_in_page(page), notice.kind)
    return found
