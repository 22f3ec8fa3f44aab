"""The menus of an edition as pages show them: only what is published, each with its address."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import Page

from broadsheet.editorial.models import Edition, Publication, Topic
from broadsheet.editorial.models.article import TAG as ARTICLES
from broadsheet.editorial.models.fronts import TAG as OUTLINE
from broadsheet.identity.destinations import destination
from broadsheet.identity.models.menus import Menus, MenusQuerySet
from broadsheet.platform.kept import KeptByKey, watch

type Block = dict[str, Any]
"""One block of a StreamField, as it is kept."""


@dataclass(frozen=True, slots=True)
class Item:
    label: str
    href: str = ""
    """Empty: a group."""
    page: int | None = None
    links: tuple[Self, ...] = ()
    current: str = ""
    """For `aria-current`: ``page``, ``true`` where what is shown is within it, or empty."""

    @property
    def is_elsewhere(self) -> bool:
        parts = urlsplit(self.href)
        return parts.scheme in {"http", "https"} and parts.netloc != settings.PUBLIC.netloc

    def marked(self, path: str, page: int | None, section: int | None) -> Self:
        """With what it is for a visitor to `path`, to that page, or to an article of that section."""
        links = tuple(link.marked(path, page, section) for link in self.links)
        if (self.page is not None and self.page == page) or (self.href and self.href == path):
            current = "page"
        elif (self.page is not None and self.page == section) or any(link.current for link in links):
            current = "true"
        else:
            current = ""
        return replace(self, links=links, current=current)


@dataclass(frozen=True, slots=True)
class Shown:
    main: tuple[Item, ...] = ()
    secondary: tuple[Item, ...] = ()
    footer: tuple[Item, ...] = ()
    pages: frozenset[int] = field(default_factory=frozenset)
    """Those that it would lead to, published or not."""


_kept: KeptByKey[int, Shown] = KeptByKey(MenusQuerySet.tag, OUTLINE, ARTICLES, "topics", most=64)


def chosen(edition: Edition) -> Shown:
    """What editors made, without what stands in an empty menu's place."""
    shown: Shown | None = getattr(edition, "_menus_shown", None)
    if shown is None:
        shown = _kept.get(edition.locale_id, lambda: _read(edition)) or Shown()
        edition._menus_shown = shown  # one page asks six times
    return shown


def main_menu(edition: Edition) -> tuple[Item, ...]:
    return chosen(edition).main or tuple(_of_pages(edition, edition.sections))


def footer_menu(edition: Edition) -> tuple[Item, ...]:
    """Groups alone: links that stand in none are put into one of the magazine's own name."""
    name = Publication.load().name
    if footer := chosen(edition).footer:
        loose = tuple(item for item in footer if not item.links)
        groups = tuple(item for item in footer if item.links)
        return (*groups, Item(name, links=loose)) if loose else groups
    groups = (
        Item(_("Sections"), links=tuple(_of_pages(edition, edition.sections))),
        Item(name, links=tuple(_of_pages(edition, edition.standing_pages))),
    )
    return tuple(group for group in groups if group.links)


def leads_to(page: Page) -> bool:
    """Whether any menu does, so that every page is out of date when `page` is published or withdrawn."""
    return any(page.pk in {one["value"]["page"] for one in _links(row)} for row in Menus.objects.all())


def _of_pages(edition: Edition, pages: Iterable[Page]) -> Iterator[Item]:
    for page in pages:
        yield Item(page.title, f"{edition.prefix}/{page.slug}/", page.pk)


def _links(row: Menus) -> list[Block]:
    """The blocks that lead to pages."""
    return [one for one in _flat(row) if one["type"] == "page"]


def _flat(row: Menus) -> Iterator[Block]:
    for stream in (row.main, row.secondary, row.footer):
        for block in stream.raw_data:
            if block["type"] == "group":
                yield from block["value"]["links"]
            else:
                yield block


def _read(edition: Edition) -> Shown:
    row = Menus.objects.filter(edition=edition.locale_id).first()
    if row is None:
        return Shown()
    pages = {one["value"]["page"] for one in _links(row)} - {None}
    topics = {one["value"]["topic"] for one in _flat(row) if one["type"] == "topic"}
    reader = _Reader(edition, pages, topics)
    return Shown(
        main=tuple(reader.items(row.main.raw_data)),
        secondary=tuple(reader.items(row.secondary.raw_data)),
        footer=tuple(reader.items(row.footer.raw_data)),
        pages=frozenset(pages),
    )


class _Reader:
    def __init__(self, edition: Edition, pages: set[int], topics: set[int]) -> None:
        self._edition = edition
        self._tag: str = edition.locale.language_code
        self._prefix = edition.prefix
        self._pages = Page.objects.live().public().in_bulk(pages)
        self._topics = Topic.objects.in_bulk(topics)

    def items(self, blocks: Iterable[Block]) -> Iterator[Item]:
        for block in blocks:
            value = block["value"]
            if block["type"] == "group":
                if links := tuple(self.items(value["links"])):
                    yield Item(value["label"], links=links)
            elif item := self._link(block["type"], value):
                yield item

    def _link(self, kind: str, value: Block) -> Item | None:
        label = value.get("label") or ""
        if kind == "page":
            page = self._pages.get(value["page"])
            address = page and page.specific_deferred.get_url()
            return Item(label or page.title, address, page.pk) if page and address else None
        if kind == "topic":
            topic = self._topics.get(value["topic"])
            return Item(label or topic.name, f"{self._prefix}/topics/{topic.slug}/") if topic else None
        if kind == "place":
            place = destination(value["place"])
            if place is None or not place.has_it(self._edition):
                return None
            with translation.override(self._tag):  # kept for all, whoever asks first
                return Item(label or str(place.label), place.address(self._tag))
        return Item(label, value["address"])


watch("topics", Topic)
