"""Authors and topics as an edition's indexes list them: by name, with how much they have and since when.

Each process counts all of an edition's articles for it, once, and again when one is published.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import models
from django.db.models import Count, Max, Q
from django.utils.translation import pgettext

from broadsheet.editorial.models import Article, Author, Byline, Edition, Topic
from broadsheet.platform.kept import KeptByKey


@dataclass(frozen=True, slots=True)
class Named:
    """An author or a topic that has anything in the edition."""

    pk: int
    name: str
    slug: str
    count: int
    """Of articles that its own page lists."""
    newest_at: datetime

    @property
    def sorted_by(self) -> str:
        """Without accents and case: Élodie stands beside Elena."""
        parts = unicodedata.normalize("NFKD", self.name.casefold())
        return "".join(part for part in parts if not unicodedata.combining(part))

    @property
    def letter(self) -> str:
        """What it stands under: the first letter, a figure for all of them, or what is there instead."""
        first = next((character for character in self.sorted_by if character.isalnum()), "…")
        return pgettext("names that begin with a figure", "0–9") if first.isdigit() else first.upper()


_authors = KeptByKey[tuple[int, int], tuple[Named, ...]]("articles", "outline", "authors", most=20)
_topics = KeptByKey[tuple[int, int], tuple[Named, ...]]("articles", "outline", "topics", most=20)


def authors_of(edition: Edition) -> tuple[Named, ...]:
    key = (edition.pk, edition.locale_id)
    links = Byline.objects.all()
    return _authors.get(key, lambda: _counted(edition, links, "author", Author)) or ()


def topics_of(edition: Edition) -> tuple[Named, ...]:
    key = (edition.pk, edition.locale_id)
    return (
        _topics.get(key, lambda: _counted(edition, Article.topics.through.objects.all(), "topic", Topic))
        or ()
    )


def _counted(
    edition: Edition, links: models.QuerySet[Any], of: str, kind: type[models.Model]
) -> tuple[Named, ...]:
    """`links` lead from articles to what is counted."""
    listed = Article.objects.in_print().once_each(edition.locale).order_by()
    here = Count("pk", filter=Q(article__locale=edition.locale))
    rows = links.filter(article__in=listed).order_by().values(of)
    counted = rows.annotate(count=Count("pk"), newest_at=Max("article__first_published_at"), here=here)
    found = {row[of]: row for row in counted.filter(here__gt=0)}
    names = kind._default_manager.values_list("pk", "name", "slug")
    named = [
        Named(pk, name, slug, found[pk]["count"], found[pk]["newest_at"])
        for pk, name, slug in names
        if pk in found
    ]
    return tuple(sorted(named, key=lambda one: (one.sorted_by, one.pk)))


@dataclass(frozen=True, slots=True)
class Letter:
    name: str
    page: int
    """The number of the page on which it begins."""


def letters_of(named: list[Named], page_length: int) -> list[Letter]:
    """Of all `named`, in their order."""
    found: dict[str, int] = {}
    for position, one in enumerate(named):
        found.setdefault(one.letter, position // page_length + 1)
    return [Letter(name, page) for name, page in found.items()]


def by_letter(named: list[Named]) -> list[tuple[str, list[Named]]]:
    return [(letter, list(group)) for letter, group in groupby(named, key=lambda one: one.letter)]
