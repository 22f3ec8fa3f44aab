"""An issue as the templates in `setting` want it: texts, nodes and names of files, in their order."""

import re
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from broadsheet.weekly.content import Department, Issue, Length, Piece
from broadsheet.weekly.pdf import drawings
from broadsheet.weekly.pdf.nodes import Node
from broadsheet.weekly.pdf.numbers import PLACEHOLDER
from broadsheet.weekly.pdf.pieces import Pieces, amendment_of, letter_of
from broadsheet.weekly.pdf.places import Places

LONG = 900
"""Words of a department that begins on a page of its own, with a picture across its columns."""
SHORT = 500
"""Words of departments between two long ones, with less of which the first of these goes on."""


def copy_of(issue: Issue, places: Places) -> dict[str, Any]:
    """Raises PrintingError."""
    return Copy(issue, places, Pieces(issue, places)).made()


@dataclass
class Copy:
    issue: Issue
    places: Places
    pieces: Pieces

    def made(self) -> dict[str, Any]:
        issue = self.issue
        language, _hyphen, region = issue.language.partition("-")
        runs = self._runs()
        note = self.pieces.nodes(issue.note, lowest=1)
        return {
            "form": self.places.form.value,
            "language": language.lower(),
            "region": region.upper() if len(region) == 2 else None,
            "direction": issue.direction,
            "title": f"{issue.magazine}, {issue.title}",
            "publisher": issue.publisher or issue.magazine,
            "magazine": issue.magazine,
            "motto": issue.motto,
            "numbered": _numbered(issue),
            "dates": issue.dates,
            "cover": self._cover(),
            "cover_lines": [line for line in issue.cover_lines if line.strip()],
            "note": note,
            "note_by": issue.note_by,
            "contents": self._contents(),
            "runs": runs,
            "amendments": [amendment_of(one) for one in issue.amendments],
            "references": self.pieces.references,
            "colours": drawings.COLOURS,
            "colophon": self._colophon(),
            "placeholder": PLACEHOLDER,
            "words": _words(),
        }

    def _runs(self) -> list[Node]:
        """Departments, as they share pages: a long one has its own, short ones share three columns."""
        runs: list[Node] = []
        groups = [(long, list(some)) for long, some in groupby(self.issue.departments, _is_long)]
        for place, (long, some) in enumerate(groups):
            if long:
                for department in some:
                    lead = department.pieces[0]
                    runs.append(self._run(len(runs), 2, self.pieces.piece(lead, "hero")))
                    runs[-1]["departments"].append(self._department(department, "column", lead))
                continue
            between = 0 < place < len(groups) - 1
            joins = between and sum(map(_weight, some)) < SHORT
            if not joins:
                runs.append(self._run(len(runs), 3))
            where = "column" if joins else "narrow"
            runs[-1]["departments"] += [self._department(department, where) for department in some]
        if not runs:
            runs.append(self._run(0, 3))
        runs[-1]["closes"] = True
        for run, following in pairwise(runs):
            run["next"] = _next(following)
        for run in runs:
            _mark(run)
        return runs

    def _run(self, number: int, columns: int, lead: Node | None = None) -> Node:
        return {"id": f"r{number}", "columns": columns, "lead": lead, "departments": [], "closes": False}

    def _department(self, department: Department, place: str, lead: Piece | None = None) -> Node:
        return {
            "name": department.name,
            "pieces": [self.pieces.piece(piece, place) for piece in department.pieces if piece is not lead],
            "letters": [letter_of(letter) for letter in department.letters],
            "numbers": self.pieces.nodes(department.numbers, lowest=1, place=place),
        }

    def _contents(self) -> list[Node]:
        return [
            {
                "name": department.name,
                "entries": [
                    {
                        "anchor": piece.anchor,
                        "headline": piece.headline,
                        "standfirst": piece.standfirst,
                        "byline": piece.byline,
                    }
                    for piece in department.pieces
                ],
            }
            for department in self.issue.departments
            if department.pieces
        ]

    def _colophon(self) -> list[str]:
        issue = self.issue
        return [
            line
            for line in (
                issue.motto,
                issue.title,
                issue.edition,
                _("Published by {publisher}").format(publisher=issue.publisher) if issue.publisher else "",
                re.sub(r"^https?://(www\.)?", "", issue.url).rstrip("/"),
                _("Set in Newsreader and Public Sans."),
            )
            if line
        ]

    def _cover(self) -> Node | None:
        cover = self.issue.cover
        if cover is None:
            return None
        page = self.places.form.page
        return {
            **self.places.print(cover, page.width, page.height),
            "small": {**self.places.print(cover, 58, 70), "alt": ""},
            "alt": cover.alt,
            "caption": cover.caption,
            "credit": cover.credit,
        }


def _words() -> dict[str, Any]:
    return {
        "contents": pgettext("issue", "Contents"),
        "note": _("From the editor"),
        "sources": _("Sources"),
        "how": _("How we know"),
        "corrections": _("Corrections"),
        "on_the_cover": _("On the cover:"),
        "next": _("In the next pages"),
        "made_for": _("This copy was made for reader no. {number}.").split("{number}"),
    }


def _numbered(issue: Issue) -> str:
    return _("No. {number}").format(number=issue.number)


def _is_long(department: Department) -> bool:
    articles = department.pieces
    return bool(articles) and articles[0].length is Length.FULL and _weight(department) >= LONG


def _weight(department: Department) -> int:
    """Its words."""
    texts = [
        *(piece.body for piece in department.pieces),
        *(letter.text for letter in department.letters),
        department.numbers,
    ]
    return sum(len(re.sub(r"<[^>]*>", " ", text).split()) for text in texts)


def _next(run: Node) -> Node:
    """What the next pages begin with."""
    named = run["departments"][0]["name"] if run["departments"] else ""
    piece = run["lead"] or next((one for found in run["departments"] for one in found["pieces"]), None)
    return {
        "name": named,
        "headline": piece["headline"] if piece else "",
        "standfirst": piece["standfirst"] if piece else "",
        "anchor": piece["anchor"] if piece else "",
    }


def _mark(run: Node) -> None:
    """Gives all that stands in a run a name, by which the plan finds it."""
    standing = [
        *((run["lead"] or {}).get("body", [])),
        *[
            block
            for department in run["departments"]
            for piece in department["pieces"]
            for block in (piece, *piece["body"])
        ],
        *[block for department in run["departments"] for block in department["numbers"]],
        *[letter for department in run["departments"] for letter in department["letters"]],
    ]
    for number, node in enumerate(standing, 1):
        node["at"] = f"{run['id']}.{number}"
