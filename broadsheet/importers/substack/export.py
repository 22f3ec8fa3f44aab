"""Substack: its export as a zip, with posts.csv, a file of HTML for each post, and lists of subscribers."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC
from functools import partial
from html import escape, unescape
from typing import Any

from django.utils.translation import gettext as _

from broadsheet.importers.bodies.addresses import host_of
from broadsheet.importers.bodies.line import inline
from broadsheet.importers.bodies.pieces import Body, Divider, Embed, Piece, Shown, Sound, Wall
from broadsheet.importers.bodies.reading import body_of
from broadsheet.importers.dates import moment_in
from broadsheet.importers.files import Entry, Files, whole
from broadsheet.importers.lists.tables import is_list, readers_in
from broadsheet.importers.records import (
    Article,
    Level,
    Note,
    NotReadable,
    Record,
    Remark,
    State,
    Wishes,
)
from broadsheet.importers.tables import Line, headings_of, lines_of

ACCESS = {"everyone": "free", "only_paid": "subscribers", "founding": "subscribers", "only_free": "metered"}
FUNCTIONS = (
    "button-wrapper",
    "subscription-widget-wrap",
    "subscription-widget",
    "captioned-button-wrap",
    "subscribe-widget",
)
PAGES = {"page"}
PLAYED = {"youtube": "https://www.youtube.com/watch?v={}", "vimeo": "https://vimeo.com/{}"}


class SubstackSource:
    def __init__(self, files: Files, wishes: Wishes) -> None:
        self.files, self.wishes = files, wishes
        tables = [
            (entry, {heading.strip().lower() for heading in headings_of(entry)})
            for entry in files.ending(".csv")
        ]
        self.posts = [entry for entry, headings in tables if {"post_id", "post_date"} <= headings]
        self.lists = [entry for entry, _headings in tables if is_list(entry)]
        if not self.posts and not self.lists:
            raise NotReadable(
                _("There is no posts.csv in these files. In Substack: Settings, Exports, New export.")
            )
        self.pages = {entry.name.rpartition("/")[2]: entry for entry in files.ending(".html")}
        self.site = wishes.site.rstrip("/") or self._site()
        host = host_of(self.site)
        self.hosts = frozenset({host} - {""})
        self.origin = f"substack:{host or 'site'}"[:200]

    def _site(self) -> str:
        """Out of the buttons to subscribe that most posts have: the export does not name it."""
        for entry in list(self.pages.values())[:50]:
            if found := re.search(r"https://[\w.-]+\.substack\.com", whole(entry).decode("utf-8", "replace")):
                return found[0]
        return ""

    def records(self) -> Iterator[Record]:
        for posts in self.posts:
            for line in lines_of(posts):
                yield from self._post(line)
        for readers in self.lists:
            yield from readers_in(readers, self.wishes)

    def _post(self, line: Line) -> Iterator[Record]:
        key = line.get("post_id")
        number, _dot, slug = key.partition(".")
        title = _plain(line.get("title"))
        entry = self.pages.get(f"{key}.html")
        if entry is None:
            words = _("Its text is not in the export.")
            yield Remark(about=title or key, note=Note(Level.LEFT, words))
            if not title:
                return
        kind, is_out = line.get("type"), line.says_yes("is_published")
        notes = []
        if kind == "thread":
            notes.append(Note(Level.LEFT, _("It was a thread: what readers wrote in it stays behind.")))
        elif kind == "podcast":
            notes.append(
                Note(Level.REPAIR, _("It was an episode of a podcast: here it is an article with a sound."))
            )
        old = f"{self.site}/{'' if kind in PAGES else 'p/'}{slug or number}"
        yield Article(
            key=key,
            title=title,
            slug=slug,
            read_body=partial(self._body, entry, old, line.get("podcast_url")),
            standfirst=_plain(line.get("subtitle")),
            published_at=moment_in(line.get("post_date"), UTC),
            state=State.LIVE if is_out else State.DRAFT,
            access=ACCESS.get(line.get("audience"), ""),
            old_addresses=(old,),
            is_page=kind in PAGES,
            notes=tuple(notes),
        )

    def _body(self, entry: Entry | None, address: str, sound: str) -> Body:
        special = Widgets(address)
        body = body_of(whole(entry).decode("utf-8", "replace") if entry else "", address, special)
        body.left_out = list(dict.fromkeys(special.left_out))
        if sound.startswith("http"):
            body.pieces.insert(0, Sound(sound))
        return body


def _plain(words: str) -> str:
    """Titles hold entities, sometimes twice over."""
    return " ".join(unescape(unescape(words)).split())


class Widgets:
    """What Substack’s editor makes of more than text."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.left_out: list[str] = []

    def __call__(self, element: Any) -> Iterable[Piece] | None:
        classes = (element.get("class") or "").split()
        if any(name in FUNCTIONS for name in classes):
            self.left_out.append(_("a button to subscribe, share or comment"))
            return []
        if "paywall-jump" in classes:
            return [Wall()]
        if "captioned-image-container" in classes:
            return self._picture(element)
        about = _data(element)
        if found := next(
            (name for name in PLAYED if f"{name}-wrap" in classes or f"{name}2-wrap" in classes), ""
        ):
            number = str(about.get("videoId", ""))
            return [Embed(PLAYED[found].format(number))] if number else []
        if "spotify-wrap" in classes and about.get("url"):
            return [Embed(str(about["url"]).partition("?")[0], str(about.get("title", ""))[:160])]
        if (
            element.tag == "div"
            and len(element) == 1
            and element[0].tag == "hr"
            and not (element.text or "").strip()
        ):
            return [Divider()]
        return None

    def _picture(self, element: Any) -> list[Piece] | None:
        pictures = element.xpath(".//img")
        if len(pictures) != 1:
            return None
        about = _data(pictures[0])
        address = str(about.get("src") or pictures[0].get("src", ""))
        caption = element.xpath(".//figcaption")
        markup = "".join(part for part in caption[0].itertext()) if caption else ""
        alt = str(about.get("alt") or pictures[0].get("alt") or "")
        figure = f'<figure><img src="{escape(address)}" alt="{escape(alt)}"><figcaption>'
        figure += f"{inline(escape(markup))}</figcaption></figure>"
        return [piece for piece in body_of(figure, self.base).pieces if isinstance(piece, Shown)] or None


def _data(element: Any) -> dict[str, Any]:
    try:
        found = json.loads(element.get("data-attrs") or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
