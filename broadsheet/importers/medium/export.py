"""Medium: its export as a zip, with a page of HTML for each story."""

from collections.abc import Iterator
from datetime import UTC
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from lxml import html

from broadsheet.importers.bodies.pieces import Body
from broadsheet.importers.bodies.reading import body_of
from broadsheet.importers.dates import moment_in
from broadsheet.importers.files import Entry, Files, whole
from broadsheet.importers.records import (
    Article,
    Author,
    Level,
    Note,
    NotReadable,
    Record,
    Remark,
    State,
    Wishes,
)


class MediumSource:
    hosts = frozenset({"medium.com"})

    def __init__(self, files: Files, wishes: Wishes) -> None:
        self.files = files
        self.stories = [entry for entry in files.ending(".html") if "posts/" in f"/{entry.name}"]
        if not self.stories:
            raise NotReadable(
                _(
                    "There is no folder “posts” in these files. "
                    "In Medium: Settings, Download your information."
                )
            )
        self.origin = f"medium:{self._writer() or 'stories'}"[:200]

    def _parsed(self, entry: Entry) -> Any:
        raw = whole(entry).decode("utf-8", "replace").strip()
        return (
            html.document_fromstring(raw or "<html></html>", parser=html.HTMLParser(encoding="utf-8"))
            if raw
            else None
        )

    def _writer(self) -> str:
        for entry in self.stories[:20]:
            page = self._parsed(entry)
            if page is not None and (found := page.xpath("//a[contains(@class, 'p-author')]")):
                return str(found[0].get("href", "")).rpartition("@")[2]
        return ""

    def records(self) -> Iterator[Record]:
        known: set[str] = set()
        for entry in self.stories:
            name = entry.name.rpartition("/")[2]
            page = self._parsed(entry)
            body = page.xpath("//section[@data-field='body']") if page is not None else []
            if not body:
                yield Remark(about=name, note=Note(Level.LEFT, _("There is no story in this file.")))
                continue
            writer = page.xpath("//a[contains(@class, 'p-author')]")
            author = " ".join(writer[0].itertext()).strip() if writer else ""
            if author and author not in known:
                known.add(author)
                yield Author(key=author, name=author)
            yield self._story(page, name, author, html.tostring(body[0], encoding="unicode"))

    def _story(self, page: Any, name: str, author: str, body: str) -> Article:
        def said(path: str) -> str:
            found = page.xpath(path)
            return " ".join(" ".join(found[0].itertext()).split()) if found else ""

        links = page.xpath("//a[contains(@class, 'p-canonical')]/@href")
        times = page.xpath("//time[contains(@class, 'dt-published')]/@datetime")
        title = said("//h1[contains(@class, 'p-name')]") or said("//title")
        slug = name.removesuffix(".html").partition("_")[2].rpartition("-")[0] or title
        return Article(
            key=name,
            title=title,
            slug=slug,
            read_body=partial(_body, body, str(links[0]) if links else "", title),
            standfirst=said("//section[contains(@class, 'p-summary')]"),
            authors=(author,) if author else (),
            published_at=moment_in(str(times[0]), UTC) if times else None,
            state=State.DRAFT if name.startswith("draft") else State.LIVE,
            old_addresses=tuple(str(link) for link in links[:1]),
        )


def _body(markup: str, address: str, title: str) -> Body:
    """Without the headline, which each story repeats at the beginning of its text."""
    parsed = html.fragment_fromstring(markup, create_parent="div")
    for heading in parsed.xpath("(.//h3|.//h4|.//h1)[1]"):
        if " ".join(heading.text_content().split()) == title:
            heading.drop_tree()
    for divider in parsed.xpath(".//div[contains(@class, 'section-divider')][position() = 1]")[:1]:
        divider.drop_tree()
    return body_of(html.tostring(parsed, encoding="unicode"), address)
