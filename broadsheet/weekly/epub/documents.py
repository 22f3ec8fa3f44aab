"""The documents of a file, in the order in which they are read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from lxml import etree

from broadsheet.weekly.content import Amendment, Department, Issue, Length, Piece
from broadsheet.weekly.epub.body import (
    OPS,
    SVG,
    XHTML,
    XML_LANG,
    Bodies,
    Body,
    MarkupError,
    Picture,
    parsed,
    safe_address,
)
from broadsheet.weekly.epub.stamping import COLOPHON, MARK, UNSTAMPED
from broadsheet.weekly.files.makers import NotMade

SHEET = "style.css"


@dataclass(frozen=True, slots=True)
class Page:
    """A document. Several stand in one department, or none."""

    path: str
    title: str
    content: bytes
    by: str = ""
    about: str = ""
    """The standfirst."""
    department: Department | None = None
    has_charts: bool = False
    is_stamped: bool = False


class Documents:
    """Makes the documents of one issue, in the language that is active. All of it raises NotMade."""

    def __init__(self, issue: Issue, pictures: Mapping[str, Picture]) -> None:
        self._issue = issue
        self._pictures = pictures
        self._bodies = Bodies(issue, pictures)

    def pages(self) -> list[Page]:
        """All but the one that leads to the others."""
        cover = self._cover()
        front = [self._note()] if self._issue.note.strip() else []
        inside = [
            page
            for number, department in enumerate(self._issue.departments, 1)
            for page in self._department(department, number)
        ]
        back = [self._colophon()]
        return [cover, self._contents(front, inside, back), *front, *inside, *back]

    def navigation(self, pages: list[Page]) -> Page:
        cover, contents, *rest = pages
        landmarks = (("cover", cover), ("toc", contents), ("bodymatter", rest[0]), ("colophon", rest[-1]))
        return self._page(
            "nav.xhtml",
            pgettext("issue", "Contents"),
            "nav",
            {
                "front": [page for page in pages[:-1] if page.department is None],
                "departments": list(_by_department(pages)),
                "back": pages[-1:],
                "landmarks": [{"type": kind, "page": page} for kind, page in landmarks],
            },
        )

    def _cover(self) -> Page:
        cover = self._issue.cover
        picture = self._pictures.get(cover.name) if cover else None
        return self._page("cover.xhtml", pgettext("weekly issue", "Cover"), "cover", {"picture": picture})

    def _contents(self, front: list[Page], inside: list[Page], back: list[Page]) -> Page:
        title = pgettext("issue", "Contents")
        told = {"front": front, "departments": list(_by_department(inside)), "back": back}
        return self._page("contents.xhtml", title, "contents", told)

    def _note(self) -> Page:
        title = _("From the editor")
        body = self._body(self._issue.note, title)
        return self._page("note.xhtml", title, "note", {"body": body}, by=self._issue.note_by)

    def _department(self, department: Department, number: int) -> Iterator[Page]:
        for piece in department.pieces:
            yield self._piece(piece, department)
        if department.letters:
            told = {"letters": department.letters}
            path = f"letters-{number}.xhtml"
            yield self._page(path, department.name, "letters", told, department=department)
        if department.numbers.strip():
            body = self._body(department.numbers, department.name)
            path = f"numbers-{number}.xhtml"
            yield self._page(path, department.name, "numbers", {"body": body}, department=department)

    def _piece(self, piece: Piece, department: Department) -> Page:
        references = {reference.number: reference for reference in piece.references}
        body = self._body(piece.body, piece.headline, references, piece.article)
        sources = [
            {
                "number": number,
                "title": reference.title or reference.outlet or reference.url,
                "address": safe_address(reference.url) if reference.url else "",
                "about": ", ".join(
                    filter(None, (reference.outlet if reference.title else "", reference.dated))
                ),
                "marks": body.marks.get(number, []),
            }
            for number, reference in sorted(references.items())
        ]
        return self._page(
            f"{piece.anchor}.xhtml",
            piece.headline,
            "piece",
            {
                "piece": piece,
                "body": body,
                "picture": self._pictures.get(piece.picture.name) if piece.picture else None,
                "dated": date_format(piece.published, "DATE_FORMAT"),
                "is_shortened": piece.length != Length.FULL,
                "amendments": [_said(amendment) for amendment in piece.amendments],
                "sources": sources,
            },
            by=piece.byline,
            about=piece.standfirst,
            department=department,
            article=piece.article,
        )

    def _colophon(self) -> Page:
        issue = self._issue
        told = {
            "amendments": [_said(amendment) for amendment in self._issue.amendments],
            "published_by": _("Published by {publisher}").format(publisher=issue.publisher)
            if issue.publisher
            else "",
            "made_for": format_html(
                _("This copy was made for reader no. {number}."),
                number=format_html(f"<span {MARK}{{}}</span>", UNSTAMPED),
            ),
        }
        return self._page(
            COLOPHON, pgettext("weekly issue", "About this issue"), "colophon", told, is_stamped=True
        )

    def _body(
        self, text: str, where: str, numbers: Mapping[int, object] | None = None, article: int | None = None
    ) -> Body:
        try:
            return self._bodies.read(text, numbers or {})
        except MarkupError as error:
            raise _not_made(where, article) from error

    def _page(
        self,
        path: str,
        title: str,
        template: str,
        told: dict[str, Any],
        *,
        by: str = "",
        about: str = "",
        department: Department | None = None,
        article: int | None = None,
        is_stamped: bool = False,
    ) -> Page:
        issue = self._issue
        common = {"issue": issue, "title": title, "department": department, "unknown": _("Credit unknown")}
        markup = render_to_string(f"weekly/epub/{template}.xml", common | told)
        try:
            body = parsed(markup, "body")
        except MarkupError as error:
            raise _not_made(title, article) from error
        return Page(
            path=path,
            title=title,
            content=document(body, title, issue),
            by=by,
            about=about,
            department=department,
            has_charts=next(body.iter(f"{{{SVG}}}svg"), None) is not None,
            is_stamped=is_stamped,
        )


def document(body: etree._Element, title: str, issue: Issue) -> bytes:
    """A whole document, which tells its language and direction."""
    root = etree.Element(f"{{{XHTML}}}html", nsmap={None: XHTML, "epub": OPS})
    root.set("lang", issue.language)
    root.set(XML_LANG, issue.language)
    root.set("dir", issue.direction)
    head = etree.SubElement(root, f"{{{XHTML}}}head")
    etree.SubElement(head, f"{{{XHTML}}}title").text = title
    etree.SubElement(head, f"{{{XHTML}}}link", rel="stylesheet", type="text/css", href=SHEET)
    root.append(body)
    etree.cleanup_namespaces(root, top_nsmap={None: XHTML, "epub": OPS}, keep_ns_prefixes=["epub"])
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True, doctype="<!DOCTYPE html>"))


def _by_department(pages: list[Page]) -> Iterator[dict[str, Any]]:
    """`only` is the page that a department is, without a name of its own: letters, or the week in numbers."""
    inside = (page for page in pages if page.department)
    for _id, group in groupby(inside, key=lambda page: id(page.department)):
        own = list(group)
        name = own[0].department.name if own[0].department else ""
        yield {"name": name, "pages": own, "only": own[0] if [page.title for page in own] == [name] else None}


def _said(amendment: Amendment) -> dict[str, str]:
    day = date_format(amendment.day, "DATE_FORMAT")
    return {"kind": amendment.kind, "day": day, "note": amendment.note, "headline": amendment.headline}


def _not_made(where: str, article: int | None) -> NotMade:
    if article is not None:
        return NotMade(_("The text of the article can’t be read."), article)
    return NotMade(_("The text “{title}” can’t be read.").format(title=where))
