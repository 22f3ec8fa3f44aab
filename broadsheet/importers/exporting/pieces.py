"""Our blocks as pieces, of which every export makes its own markup: the way back from `bodies/blocks.py`.

Evidence becomes text, since no other system has blocks for it: the words, who said them, when, and a link to
the source. In our own export it stands as what it is besides.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from django.template.defaultfilters import date as date_in
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.rich_text import expand_db_html

from broadsheet.editorial.models import Article, Picture, StandingPage
from broadsheet.editorial.opening import plain_text
from broadsheet.evidence.models import Source
from broadsheet.evidence.partial_dates import in_words
from broadsheet.importers.bodies.line import inline, rewritten
from broadsheet.importers.bodies.pieces import (
    Body,
    Divider,
    Embed,
    Gallery,
    Heading,
    Kept,
    Piece,
    PullQuote,
    Related,
    Shown,
    Sound,
    Table,
    Text,
    Wall,
)
from broadsheet.platform.http.addresses import absolute

EDITORS_KEY = re.compile(r' data-block-key="[^"]*"')


@dataclass(frozen=True, slots=True)
class Places:
    """Where things stand in the export."""

    picture: Callable[[Picture], str]
    sound: Callable[[Any], str]


def body_of(page: Article | StandingPage, places: Places) -> Body:
    writer = _Writer(places)
    body = Body([piece for block in page.body for piece in writer.pieces(block.block_type, block.value)])
    if isinstance(page, Article):
        body.pieces += writer.entries(page)
        body.pieces += writer.end(page)
    return body


def links_out(html: str) -> str:
    """Rich text as it is stored, with each link as a reader elsewhere follows it."""
    shown = EDITORS_KEY.sub("", expand_db_html(html))
    return rewritten(shown, lambda address: absolute(address) if address.startswith("/") else address)


class _Writer:
    def __init__(self, places: Places) -> None:
        self.places = places

    def pieces(self, kind: str, value: Any) -> Iterable[Piece]:
        written: Iterable[Piece] = getattr(self, f"_{kind}", self._of_ones_own)(value)
        return written

    def _of_ones_own(self, value: Any) -> Iterator[Piece]:
        """A block that this installation has added: its words."""
        if said := plain_text(value):
            yield Text(f"<p>{escape(said, quote=False)}</p>")

    # --- What other systems have too -------------------------------------------------------------------

    def _text(self, value: Any) -> Iterator[Piece]:
        yield Text(links_out(value.source))

    def _heading(self, value: str) -> Iterator[Piece]:
        yield Heading(value)

    def _picture(self, value: Any) -> Iterator[Piece]:
        if value["image"]:
            yield self._shown(value)

    def _shown(self, value: Any) -> Shown:
        picture = value["image"]
        own = inline(links_out(value["caption"].source)) if value["caption"] else ""
        caption = own or escape(picture.caption, quote=False)
        return Shown(
            self.places.picture(picture), caption, value["alt"] or picture.description, picture.credit
        )

    def _gallery(self, value: Any) -> Iterator[Piece]:
        yield Gallery(tuple(self._shown(shown) for shown in value["pictures"] if shown["image"]))

    def _pull_quote(self, value: Any) -> Iterator[Piece]:
        yield PullQuote(value["text"], value["attribution"])

    def _question(self, value: Any) -> Iterator[Piece]:
        yield Heading(value["question"])
        yield Text(links_out(value["answer"].source))

    def _list(self, value: Any) -> Iterator[Piece]:
        tag = "ol" if value["ordered"] else "ul"
        items = "".join(f"<li>{inline(links_out(item.source))}</li>" for item in value["items"])
        yield Text(f"<{tag}>{items}</{tag}>")

    def _table(self, value: Any) -> Iterator[Piece]:
        table = value["table"]
        columns = [column["block"].name for column in table.columns]
        rows = [
            tuple(
                inline(links_out(cell.value.source)) if name == "rich_text" else _said(cell.value)
                for name, cell in zip(columns, row, strict=True)
            )
            for row in table.rows
        ]
        yield Table(tuple(column["heading"] for column in table.columns), tuple(rows), table.caption or "")
        if value["source"]:
            yield _paragraph(_("Source: %s") % _said(value["source"]))

    def _chart(self, value: Any) -> Iterator[Piece]:
        """As the table behind it: no other system draws it."""
        if table := value.table:
            head = (table.heading, *(series.name for series in table.series))
            rows = tuple((_said(label), *map(_said, cells)) for label, cells in value.rows)
            title = f"{value['title']} ({value['unit']})" if value["unit"] else value["title"]
            yield Table(head, rows, title)
            source = _said(value["source"])
            if value["source_url"]:
                source = f'<a href="{escape(value["source_url"])}">{source}</a>'
            note = f" {_said(value['note'])}" if value["note"] else ""
            yield _paragraph((_("Source: %s") % source) + note)

    def _audio(self, value: Any) -> Iterator[Piece]:
        if value["file"]:
            yield Sound(self.places.sound(value["file"]), value["title"])
        yield Text(links_out(value["transcript"].source))

    def _embed(self, value: Any) -> Iterator[Piece]:
        yield Embed(value["url"], value["title"], value["caption"])

    def _related(self, value: Any) -> Iterator[Piece]:
        for page in value["articles"]:
            if page and page.live:
                article = page.specific
                yield Related(absolute(page.url or "/"), page.title, article.standfirst)

    def _sponsor(self, value: Any) -> Iterator[Piece]:
        words = (_("Advertisement by %s") % _said(value["sponsor"]), f"<b>{_said(value['headline'])}</b>")
        yield Text("".join(f"<p>{part}</p>" for part in words) + links_out(value["text"].source))
        yield _paragraph(f'<a href="{escape(value["url"])}">{_said(value["url"])}</a>')

    def _wall(self, value: Any) -> Iterator[Piece]:
        yield Wall()

    def _divider(self, value: Any) -> Iterator[Piece]:
        yield Divider()

    def _from_before(self, value: Any) -> Iterator[Piece]:
        yield Kept(str(value), "")

    # --- Evidence --------------------------------------------------------------------------------------

    def _quotation(self, value: Any) -> Iterator[Piece]:
        who = value.who.name if value.who else ""
        day = date_in(value["said_on"], "DATE_FORMAT") if value["said_on"] else ""
        said_by = ", ".join(_said(part) for part in (who, value["role"], value["where"], day) if part)
        if value["setting"] == "running":
            before, after = (f"{_said(value[part])} ".strip() for part in ("before", "after"))
            words = " ".join(filter(None, (before, f"“{_said(value['text'])}”", after)))
            yield _paragraph(f"{words} {_source(value.at)}")
        else:
            yield Text(f"<blockquote>{_said(value['text'])}</blockquote><p>{said_by} {_source(value.at)}</p>")

    def _facts(self, value: Any) -> Iterator[Piece]:
        yield Heading(value["title"])
        items = (
            f"<li>{_said(fact['text'])} ({date_in(fact['as_of'], 'DATE_FORMAT')}) "
            f"{' '.join(_source(source) for source in fact.sources_here)}</li>"
            for fact in value["items"]
        )
        yield Text(f"<ul>{''.join(items)}</ul>")

    def _timeline(self, value: Any) -> Iterator[Piece]:
        yield Heading(value["title"])
        items = (
            f"<li><b>{_said(in_words(entry['when']))}</b> {_said(entry['text'])} {_source(entry.at)}</li>"
            for entry in value.ordered()
        )
        yield Text(f"<ul>{''.join(items)}</ul>")

    def _perspectives(self, value: Any) -> Iterator[Piece]:
        yield Heading(value["question"])
        for position in value["positions"]:
            who = position.who.name if position.who else ""
            yield _paragraph(f"<b>{_said(who)}</b> {_said(position['position'])} {_source(position.at)}")
            if position["evidence"]:
                yield Text(f"<blockquote>{_said(position['evidence'])}</blockquote>")

    def _contested_term(self, value: Any) -> Iterator[Piece]:
        if term := value["term"]:
            yield _paragraph(f"<b>{_said(term.term)}</b> {_said(term.our_use)} {_source(term.source)}")

    def _further_sources(self, value: Any) -> Iterator[Piece]:
        items = "".join(f"<li>{_source(source)}</li>" for source in value.sources_here)
        yield Text(f"<ul>{items}</ul>")

    # --- At the end --------------------------------------------------------------------------------------

    def entries(self, article: Article) -> Iterator[Piece]:
        """Of a live coverage, in the order in which they were posted, each under its moment."""
        coverage = article.coverage
        if coverage and coverage.summary:
            yield _paragraph(_said(coverage.summary))
        for entry in reversed(coverage.standing if coverage else []):
            with timezone.override(article.edition.zone):
                at = date_in(timezone.localtime(entry.posted_at), "DATETIME_FORMAT")
            yield Heading(f"{at} {entry.headline}".strip())
            for block in entry.blocks:
                yield from self.pieces(block.block_type, block.value)
            for change in entry.changes.all():
                if change.note:
                    yield _paragraph(f"<b>{_('Corrected')}</b> {_said(change.note)}")

    def end(self, article: Article) -> Iterator[Piece]:
        if article.methods:
            yield Heading(_("How we know"))
            yield _paragraph(_said(article.methods))
        for correction in article.corrections.all():
            day = date_in(correction.date, "DATE_FORMAT")
            kind = capfirst(correction.get_kind_display())
            yield _paragraph(f"<b>{kind}, {day}</b> {_said(correction.note)}")


def _said(value: object) -> str:
    return escape(" ".join(str(value).split()), quote=False)


def _paragraph(html: str) -> Text:
    return Text(f"<p>{html.strip()}</p>")


def _source(source: Source | None) -> str:
    if source is None:
        return ""
    source = source.current
    return f'<a href="{escape(source.link)}">{_said(source)}</a>' if source.link else _said(source)
