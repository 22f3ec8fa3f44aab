"""Buttondown: its export, with emails.json or emails.csv, a file of Markdown for each, and subscribers.csv.

https://docs.buttondown.com/exporting-your-emails
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from broadsheet.importers.bodies import markdown
from broadsheet.importers.bodies.addresses import host_of
from broadsheet.importers.bodies.credits import plain
from broadsheet.importers.bodies.pieces import Body
from broadsheet.importers.bodies.reading import body_of
from broadsheet.importers.dates import moment_in
from broadsheet.importers.files import Entry, Files, whole
from broadsheet.importers.lists.tables import is_list, readers_in
from broadsheet.importers.records import Article, Level, Note, NotReadable, Record, Remark, State, Wishes
from broadsheet.importers.tables import headings_of, lines_of

SIGNS = {"subject", "slug"}
DRAFTS = {"draft", "errored", "deleted", "in_flight", "paused"}
ACCESS = {"premium": "subscribers", "free": "metered", "public": "free"}
MODE = re.compile(r"<!--\s*buttondown-editor-mode:\s*(\w+)\s*-->")
FORM = re.compile(r"(?:<p>)?\s*\{\{\s*subscribe_form\s*\}\}\s*(?:</p>)?")
FILLED_IN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")

type Row = dict[str, str]


class ButtondownSource:
    def __init__(self, files: Files, wishes: Wishes) -> None:
        self.files, self.wishes = files, wishes
        self.letters = list(self._letters())
        self.lists = [entry for entry in files.ending(".csv") if is_list(entry)]
        if not self.letters and not self.lists:
            raise NotReadable(
                _(
                    "There is no export of Buttondown in these files. In Buttondown: Settings, Exports, "
                    "for emails and for subscribers."
                )
            )
        self.texts = {
            entry.name.rpartition("/")[2].removesuffix(".md"): entry for entry in files.ending(".md")
        }
        self.site = wishes.site.rstrip("/")
        host = host_of(self.site)
        self.hosts = frozenset({host} - {""})
        self.origin = f"buttondown:{self.site.partition('//')[2] or 'site'}"[:200]

    def _letters(self) -> Iterator[Row]:
        """Of the JSON; the CSV beside it says the same."""
        found = [row for entry in self.files.ending(".json") for row in _rows(entry)]
        if found:
            yield from found
            return
        for entry in self.files.ending(".csv"):
            headings = {heading.strip().lower() for heading in headings_of(entry)}
            if headings >= SIGNS:
                yield from (line.cells for line in lines_of(entry))

    def records(self) -> Iterator[Record]:
        for row in self.letters:
            yield from self._letter(row)
        for readers in self.lists:
            yield from readers_in(readers, self.wishes)

    def _letter(self, row: Row) -> Iterator[Record]:
        title, slug, status = plain(row.get("subject", "")), row.get("slug", ""), row.get("status", "")
        text = row.get("body", "")
        if not text and (entry := self.texts.get(slug)):
            text = whole(entry).decode("utf-8-sig", "replace")
        if not text:
            yield Remark(about=title or slug, note=Note(Level.LEFT, _("Its text is not in the export.")))
            if not title:
                return
        at = moment_in(row.get("publish_date", ""), UTC)
        state = State.DRAFT if status in DRAFTS or not at else State.LIVE
        notes = []
        kind = row.get("email_type", "")
        if kind == "private":
            notes.append(Note(Level.MAPPED, _("It was sent by mail alone; here it stands on the page.")))
        if FILLED_IN.search(FORM.sub("", text)):
            notes.append(Note(Level.REPAIR, _("It has words that were filled in for each reader: {{ … }}.")))
        old = row.get("absolute_url") or (f"{self.site}/archive/{slug}/" if self.site and slug else "")
        yield Article(
            key=row.get("id") or slug or title,
            title=title,
            slug=slug,
            read_body=partial(_body, text, old or f"{self.site}/"),
            standfirst=plain(row.get("description", "")),
            published_at=at if state != State.DRAFT else None,
            state=State.SCHEDULED if status == "scheduled" and state == State.LIVE else state,
            access=ACCESS.get(kind, ""),
            picture=row.get("image", ""),
            old_addresses=(old,) if old else (),
            notes=tuple(notes),
        )


def _rows(entry: Entry) -> list[Row]:
    try:
        parsed = json.loads(whole(entry).decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return []
    rows: list[Any] = parsed if isinstance(parsed, list) else []
    return [
        {str(name): value for name, value in row.items() if isinstance(value, str)}
        for row in rows
        if isinstance(row, dict) and row.keys() >= SIGNS
    ]


def _body(text: str, address: str) -> Body:
    mode = MODE.search(text)
    text = MODE.sub("", text)
    markup = text if mode and mode[1] == "fancy" else markdown.html_of(text)
    body = body_of(FORM.sub("", markup), address)
    if FORM.search(text):
        body.left_out.append(_("a form to sign up: ours stand on the page"))
    return body
