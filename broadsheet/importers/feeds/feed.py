"""RSS and Atom: a last resort, for a feed holds the newest articles alone."""

from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import feedparser
from django.utils.translation import gettext as _

from broadsheet.importers.bodies.addresses import end_of, host_of
from broadsheet.importers.bodies.credits import plain
from broadsheet.importers.bodies.pieces import Body, Sound
from broadsheet.importers.bodies.reading import body_of
from broadsheet.importers.files import Files, whole
from broadsheet.importers.planning.places import slug_of
from broadsheet.importers.records import (
    Article,
    Author,
    Level,
    Note,
    NotReadable,
    Record,
    Remark,
    State,
    Subject,
    Wishes,
)

LARGEST = 100 * 1024 * 1024


class FeedSource:
    def __init__(self, files: Files, wishes: Wishes) -> None:
        # As bytes, never by name: feedparser would fetch what looks like an address.
        parsed = [
            feedparser.parse(whole(entry, LARGEST), sanitize_html=False)
            for entry in files.ending(".xml", ".rss", ".atom")
        ]
        self.feeds: list[Any] = [feed for feed in parsed if feed.get("version") and feed.entries]
        if not self.feeds:
            raise NotReadable(_("There is no feed in these files. Save it as .xml first: RSS or Atom."))
        self.site = wishes.site or str(self.feeds[0].feed.get("link", ""))
        host = host_of(self.site)
        self.hosts = frozenset({host} - {""})
        self.origin = f"feed:{host or files.given[0]}"[:200]

    def records(self) -> Iterator[Record]:
        yield Remark(
            about="",
            note=Note(
                Level.LEFT, _("A feed holds the newest articles alone, and often not all of their text.")
            ),
        )
        known: set[str] = set()
        for feed in self.feeds:
            for entry in feed.entries:
                records: list[Author | Subject] = [*self._authors(entry), *self._subjects(entry)]
                for record in records:
                    if record.key not in known:
                        known.add(record.key)
                        yield record
                yield self._article(entry)

    def _authors(self, entry: Any) -> list[Author]:
        names = [str(one.get("name", "")) for one in entry.get("authors", [])] or [
            str(entry.get("author", ""))
        ]
        return [
            Author(key=f"author:{name}"[:255], name=name)
            for name in dict.fromkeys(names)
            if name and "@" not in name
        ]

    def _subjects(self, entry: Any) -> list[Subject]:
        terms = [str(tag.get("label") or tag.get("term") or "") for tag in entry.get("tags", [])]
        return [
            Subject(key=f"tag:{slug_of(term) or term}"[:255], name=term, slug=slug_of(term))
            for term in dict.fromkeys(terms)
            if term
        ]

    def _article(self, entry: Any) -> Article:
        link = str(entry.get("link", ""))
        content = entry.get("content", [])
        text = str(content[0].get("value", "")) if content else str(entry.get("summary", ""))
        sound = next(
            (
                str(one.get("href"))
                for one in entry.get("enclosures", [])
                if str(one.get("type", "")).startswith("audio")
            ),
            "",
        )
        return Article(
            key=str(entry.get("id") or link or entry.get("title", ""))[:255],
            title=plain(str(entry.get("title", ""))),
            slug=end_of(link),
            read_body=partial(_body, text, link or self.site, sound),
            standfirst=plain(str(entry.get("summary", ""))) if content else "",
            authors=tuple(author.key for author in self._authors(entry)),
            subjects=tuple(subject.key for subject in self._subjects(entry)),
            published_at=_moment(entry),
            state=State.LIVE,
            old_addresses=(link,) if link else (),
        )


def _moment(entry: Any) -> datetime | None:
    for name in ("published_parsed", "updated_parsed"):
        # feedparser's own `get` answers one name with what another has, and warns of it.
        if at := dict.get(entry, name):
            try:
                return datetime.fromtimestamp(timegm(at), UTC)
            except (ValueError, OverflowError, OSError):
                continue
    return None


def _body(text: str, address: str, sound: str) -> Body:
    body = body_of(text, address)
    if sound:
        body.pieces.insert(0, Sound(sound))
    return body
