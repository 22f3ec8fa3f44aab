"""A weekly issue with all that it says, as plain values: what files are made of.

However many articles it has, it takes the same number of queries.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from wagtail.models import Page

from broadsheet.editorial.body import BodyBlock
from broadsheet.editorial.live.blocks import EntryBody
from broadsheet.editorial.models import (
    Article,
    Author,
    Edition,
    LetterToEditor,
    Naming,
    Picture,
    Publication,
)
from broadsheet.editorial.models.article import WORDS_A_MINUTE, Kind
from broadsheet.editorial.models.evidenced import Evidenced, Work
from broadsheet.editorial.models.letters.written import initials
from broadsheet.editorial.models.outline import outline
from broadsheet.editorial.models.rights import url_parts
from broadsheet.editorial.opening import Bound, plain_text, words_in
from broadsheet.editorial.templatetags.editorial_tags import in_one_sentence
from broadsheet.evidence.models import Source
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.http.editions import language_tag
from broadsheet.weekly import amending, content
from broadsheet.weekly.content import Length
from broadsheet.weekly.markup import Images, Setting, body, rich, settled
from broadsheet.weekly.models import Holding, IssueItem, WeeklyIssue
from broadsheet.weekly.said import Said, whole

PAGE_LINKS = re.compile(r'<a [^>]*?linktype="page"[^>]*?>')
ID = re.compile(r'\bid="(\d+)"')


def read(issue: WeeklyIssue) -> content.Issue:
    """In the language of its edition. Of a published one, what is no longer in print is left out."""
    edition = Edition.objects.select_related("locale").get(locale__language_code=issue.edition)
    with translation.override(issue.edition), timezone.override(edition.zone):
        return _Reading(issue, edition).made()


@dataclass(slots=True)
class _Item:
    """An article in it, with what it says."""

    row: IssueItem
    said: Said
    article: Article
    body: list[Bound]
    entries: list[list[Bound]]

    @property
    def length(self) -> Length:
        length = Length(self.row.length)
        return Length.STANDFIRST if length == Length.SHORT and not self.row.short_form.strip() else length

    @property
    def blocks(self) -> list[Bound]:
        return [*self.body, *(block for entry in self.entries for block in entry)]


class _Reading:
    def __init__(self, issue: WeeklyIssue, edition: Edition) -> None:
        self.issue, self.edition = issue, edition
        self.direction: content.Direction = "rtl" if translation.get_language_bidi() else "ltr"
        self.images = Images()
        self.rows = list(issue.items.select_related("department"))
        articles = whole(row.article_id for row in self.rows if row.article_id)
        standing = {
            row.pk: article
            for row in self.rows
            if (article := articles.get(row.article_id or 0)) and _in_print(article)
        }
        self.gone = [row for row in self.rows if row.pk not in standing]
        kept = [row for row in self.rows if row.pk in standing]
        said = {
            row.pk: Said.from_pinned(row.pinned) if row.pinned else Said.by(standing[row.pk]) for row in kept
        }
        bodies = iter(BodyBlock().bulk_to_python([said[row.pk].body for row in kept]))
        entries = iter(
            EntryBody().bulk_to_python([entry.body for row in kept for entry in said[row.pk].entries])
        )
        self.items = [
            _Item(
                row,
                said[row.pk],
                standing[row.pk],
                list(next(bodies)),
                [list(next(entries)) for _entry in said[row.pk].entries],
            )
            for row in kept
        ]
        self.authors = Author.objects.in_bulk({author for item in self.items for author in item.said.authors})
        self.pictures = Picture.objects.in_bulk({item.said.picture for item in self.items} - {None})
        self.pages = self._pages()
        self.amendments = amending.by_article(item.row for item in self.items)

    def made(self) -> content.Issue:
        issue, publication = self.issue, Publication.load()
        cover = self.images.add(issue.cover) if issue.cover else None
        departments = tuple(self._departments())
        return content.Issue(
            uuid=issue.uuid,
            magazine=publication.name,
            motto=publication.motto,
            edition=self.edition.full_name,
            language=language_tag(issue.edition),
            direction=self.direction,
            number=issue.number,
            title=issue.title,
            dates=issue.dates,
            first_day=issue.first_day,
            last_day=issue.last_day,
            published=timezone.localtime(issue.published_at) if issue.published_at else None,
            url=issue.url,
            cover=cover,
            cover_lines=tuple(issue.lines),
            note=settled(rich(issue.note, self._setting()), self._setting()),
            note_by=issue.note_by,
            departments=departments,
            amendments=tuple(amending.of_issue(issue, self.edition, self.gone)),
            images=self.images.all(),
            publisher=publication.name,
        )

    def _departments(self) -> Iterable[content.Department]:
        own: dict[int, list[_Item]] = defaultdict(list)
        for item in self.items:
            own[item.row.department_id].append(item)
        for department in self.issue.departments.all():
            match department.holds:
                case Holding.LETTERS:
                    found = content.Department(department.name, (), letters=self._letters())
                case Holding.NUMBERS:
                    numbers = body(self.issue.numbers, self._setting())
                    found = content.Department(department.name, (), numbers=numbers)
                case _:
                    pieces = tuple(self._piece(item) for item in own[department.pk])
                    found = content.Department(department.name, pieces)
            if found.pieces or found.letters or found.numbers:
                yield found

    def _letters(self) -> tuple[content.ReadersLetter, ...]:
        shown = LetterToEditor.objects.shown().select_related("article")
        rows = {letter.pk: letter for letter in shown.filter(pk__in=self.issue.letters.values("letter"))}
        chosen = self.issue.letters.values_list("letter", flat=True)
        return tuple(_letter(rows[pk]) for pk in chosen if pk in rows)

    def _piece(self, item: _Item) -> content.Piece:
        said, row = item.said, item.row
        sources = Evidenced.sources_in(item.blocks) if item.length == Length.FULL else []
        address = absolute(item.article.url or "/")
        numbers = {source.pk: number for number, source in enumerate(sources, start=1)}
        setting = self._setting(numbers=numbers, address=address)
        text = self._text(item, setting)
        words = words_in(plain_text(mark_safe(text))) if text else words_in(said.standfirst)  # noqa: S308 (counted)
        authors = [self.authors[pk] for pk in said.authors if pk in self.authors]
        picture = self.pictures.get(said.picture) if said.picture else None
        return content.Piece(
            article=item.article.pk,
            uuid=row.article_uuid,
            anchor=f"a{row.pk}",
            url=address,
            kicker=said.kicker,
            headline=said.headline,
            standfirst=said.standfirst,
            byline="".join(f"{one.before}{one.author.name}{one.after}" for one in in_one_sentence(authors)),
            dateline=said.dateline,
            section=said.section,
            kind=str(Kind(said.kind).label),
            published=timezone.localtime(said.published_at),
            length=item.length,
            picture=self._lead(picture, said.caption) if picture else None,
            body=text,
            references=tuple(_reference(numbers[source.pk], source) for source in sources),
            work=str(Work(said.work).label) if said.work else "",
            methods=said.methods,
            amendments=tuple(self.amendments[item.article.pk]),
            minutes=max(1, round(words / WORDS_A_MINUTE)),
        )

    def _lead(self, picture: Picture, caption: str) -> content.Image:
        found = self.images.add(picture)
        return replace(found, caption=caption) if caption else found

    def _text(self, item: _Item, setting: Setting) -> str:
        match item.length:
            case Length.STANDFIRST:
                return ""
            case Length.SHORT:
                return settled(rich(item.row.short_form, setting), setting)
        told = [body(item.body, setting)]
        if item.said.summary:
            told.append(settled(render_to_string("weekly/blocks/summary.html", {"said": item.said}), setting))
        for entry, blocks in zip(item.said.entries, item.entries, strict=True):
            within = mark_safe(body(blocks, setting))  # noqa: S308 (made by markup)
            moment = datetime.fromisoformat(entry.posted_at)
            entered = {"entry": entry, "moment": moment, "body": within}
            told.append(settled(render_to_string("weekly/blocks/entry.html", entered), setting))
        return "\n".join(told)

    def _setting(self, **values: Any) -> Setting:
        return Setting(self.images, self.pages, direction=self.direction, **values)

    def _pages(self) -> dict[int, str]:
        """The pages that texts link to: their addresses, where they are in print."""
        texts = [self.issue.note, *(row.short_form for row in self.rows)]
        texts += [
            str(item.said.body) + str([entry.body for entry in item.said.entries]) for item in self.items
        ]
        # Within a list of Python's or JSON, quotation marks may be escaped.
        tags = (tag for text in texts for tag in PAGE_LINKS.findall(text.replace('\\"', '"')))
        ids = {int(found[1]) for tag in tags if (found := ID.search(tag))}
        pages = Page.objects.live().public().filter(pk__in=ids) if ids else ()
        parts = {page.pk: url_parts(page.path, page.url_path) for page in pages}
        return {pk: absolute(found[2]) for pk, found in parts.items() if found}


def _in_print(article: Article) -> bool:
    return article.live and outline().is_public(article.path)


def _reference(number: int, source: Source) -> content.Reference:
    return content.Reference(
        number=number,
        title=source.title,
        outlet=source.outlet,
        url=source.link or source.archived_link,
        dated=date_format(source.date, "DATE_FORMAT") if source.date else "",
    )


def _letter(letter: Any) -> content.ReadersLetter:
    withheld = letter.naming == Naming.WITHHELD
    name = _("Name withheld") if withheld else letter.name
    return content.ReadersLetter(
        text=letter.agreed,
        name=initials(name) if letter.naming == Naming.INITIALS else name,
        place="" if withheld else letter.place,
        about=letter.article.headline,
    )
