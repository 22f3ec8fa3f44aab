"""What of an article is read out, in order, passage by passage.

A passage is a paragraph, or what is as short; an edit has only those read again that it changed. What one has
to see is left out: pictures with their captions, tables, charts, embeds. So are advertisements, links to
other articles, and pull quotes, whose words stand in the text.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup, Tag
from django.utils import translation
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from wagtail.rich_text import RichText

from broadsheet.editorial.opening import plain_text, units_of
from broadsheet.evidence.partial_dates import in_words
from broadsheet.platform.characters import without_forbidden

if TYPE_CHECKING:
    from broadsheet.editorial.models import Article

SEEN = frozenset(
    {
        *("picture", "gallery", "table", "chart", "audio", "embed", "divider", "wall"),
        *("pull_quote", "related", "sponsor", "contested_term", "further_sources"),
    }
)
UNHEARD = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
"""Soft hyphens, and what has no width: some voices name them."""
ENDS = tuple(".!?…:;。！？؟”’»“\"'")
NAMED_BY = 7
"""How many of its words name a passage."""


@dataclass(frozen=True, slots=True)
class Passage:
    text: str

    @property
    def name(self) -> str:
        """Its first words, by which a listener finds it."""
        return Truncator(self.text).words(NAMED_BY, truncate=" …")


def passages_of(article: "Article") -> list[Passage]:
    """Of the article as it is published, in the words of its own edition."""
    with translation.override(article.locale.language_code):
        return [Passage(said) for text in _texts(article) if (said := _said(text))]


def digest_of(*said: str) -> str:
    return blake2b(json.dumps(said).encode(), digest_size=16).hexdigest()


def digest_of_all(passages: Iterable[Passage]) -> str:
    return digest_of(*(passage.text for passage in passages))


def _said(text: str) -> str:
    """`text` in one line, with a full stop where it has no end, for the voice to fall."""
    line = " ".join(UNHEARD.sub("", without_forbidden(text)).split())
    return line if not line or line.endswith(ENDS) else f"{line}."


def _sentences(texts: Iterable[str]) -> str:
    return " ".join(filter(None, map(_said, texts)))


def _texts(article: "Article") -> Iterator[str]:
    yield article.headline
    if names := [author.name for author in article.authors]:
        # As one sentence of its own, which no grammar of names breaks.
        yield pgettext("an article, read out", "By %s") % ", ".join(names)
    yield article.standfirst
    for unit in units_of(article.body):
        if unit.kind == "from_before":
            # What was imported may be a whole article.
            soup = BeautifulSoup(unit.block.value, "html.parser")
            yield from (plain_text(RichText(str(node))) for node in soup.contents)
        elif unit.kind not in SEEN:
            yield _of_block(unit.kind, unit.block.value)
    for note in article.corrections.all():
        day = date_format(note.date, "DATE_FORMAT")
        said = {"kind": note.get_kind_display(), "date": day, "note": note.note}
        yield _("%(kind)s, %(date)s: %(note)s") % said


def _of_block(kind: str, value: Any) -> str:
    match kind:
        case "text":
            return _of_text(value)
        case "list":
            return _sentences(plain_text(item) for item in value["items"])
        case "quotation":
            return _of_quotation(value)
        case "facts":
            return _sentences([value["title"], *(fact["text"] for fact in value["items"])])
        case "timeline":
            entries = [(entry.value["when"], entry.value["text"]) for entry in value.ordered()]
            return _sentences(
                [value["title"], *(f"{in_words(when or '')}: {text}" for when, text in entries)]
            )
        case "perspectives":
            return _sentences([value["question"], *map(_of_position, value["positions"])])
        case _:
            return plain_text(value)


def _of_text(value: RichText) -> str:
    """One outermost element. The points of a list are sentences of their own."""
    soup = BeautifulSoup(value.source, "html.parser")
    points = [str(point) for point in soup.find_all("li") if isinstance(point, Tag)]
    return _sentences(plain_text(RichText(point)) for point in points) if points else plain_text(value)


def _of_quotation(value: Any) -> str:
    quoted = pgettext("quotation marks", "“%(words)s”") % {"words": value["text"]}
    if value["setting"] == "running":
        # Who says it stands around the words.
        return " ".join(filter(None, [value["before"], quoted, value["after"]]))
    who = ", ".join(filter(None, [value.who.name if value.who else "", value["role"]]))
    return f"{who}: {quoted}" if who else quoted


def _of_position(value: Any) -> str:
    said = [value["position"]]
    if value["evidence"]:
        said.append(pgettext("quotation marks", "“%(words)s”") % {"words": value["evidence"]})
    return ": ".join(filter(None, [value.who.name if value.who else "", _sentences(said)]))
