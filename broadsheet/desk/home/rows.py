"""A panel of the first page: a table of articles, or of what else is waiting."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from wagtail.admin.ui.components import Component

from broadsheet.desk.templatetags.dates import zone_in_words
from broadsheet.editorial.models import Article, attach_editions, attach_sections
from broadsheet.platform import clock
from broadsheet.platform.days import day_of

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Row:
    title: str
    address: str
    place: str = ""
    """“World, US”."""
    who: str = ""
    when: str = ""
    status: str = ""
    is_urgent: bool = False
    note: str = ""
    """A comment, or what keeps it."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What stands above the columns of one panel."""

    title: Any
    who: Any = ""
    when: Any = ""


class Panel(Component):
    """Shown only where it has rows, unless it says what it means to have `none`."""

    template_name = "desk/home/panel.html"
    name: str
    heading: Any
    columns: Columns
    more: Any = ""
    none: Any = ""

    def __init__(self, user: Any) -> None:
        self.user = user

    def rows(self) -> Sequence[Row]:
        raise NotImplementedError

    def summary(self) -> str:
        """A sentence above the rows."""
        return ""

    def address_of_more(self) -> str:
        return ""

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        rows = self.rows()
        return {
            "panel_id": self.name,
            "heading": self.heading,
            "summary": self.summary(),
            "columns": self.columns,
            "rows": rows,
            "has_places": any(row.place for row in rows),
            "more": self.more,
            "address_of_more": self.address_of_more(),
            "none": self.none,
        }


def placed(articles: Iterable[Article]) -> list[Article]:
    """With `section` and its `edition`, in two queries for all."""
    found = attach_sections(articles)
    # Articles of one section share it.
    attach_editions(article.section for article in found)
    return found


def place_of(article: Article) -> str:
    return f"{article.section.title}, {article.section.edition.short_name}"


def editor_of(article: Article) -> str:
    return reverse("wagtailadmin_pages:edit", args=[article.pk])


def told(moment: datetime, zone: ZoneInfo) -> str:
    """“9 a.m. New York time”, with the day unless it is today there."""
    is_today = day_of(moment, zone) == day_of(clock.now(), zone)
    time = date_format(localtime(moment, zone), "TIME_FORMAT" if is_today else "DATETIME_FORMAT")
    return f"{time} {zone_in_words(zone.key)}"
