"""Authors, topics, sections and standing pages whose names are what was typed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.urls import reverse

from broadsheet.editorial.models import Article, Author, Edition, Topic
from broadsheet.platform.kept import Kept, watch
from broadsheet.site.search.asking import Asked
from broadsheet.site.search.text import Stemmed

MOST = 4
TAG = "names"


@dataclass(frozen=True, slots=True)
class Named:
    name: str
    url: str
    about: str
    """What an author does, the first line on an issue’s cover, else “”."""
    kind: str
    """author, topic, section, page, issue or place."""


type Row = tuple[int, str, str, str]
"""Id, name, slug, role."""

_authors = Kept(lambda: list(Author.objects.values_list("pk", "name", "slug", "role")), TAG)
_topics = Kept(lambda: [(*row, "") for row in Topic.objects.values_list("pk", "name", "slug")], TAG)
watch(TAG, Author, Topic)


def named(asked: Asked, edition: Edition) -> list[Named]:
    """At most `MOST`: those who have published something, then what the edition has."""
    live = Article.objects.live().public().order_by()
    authors = {
        pk: Named(name, reverse("author", args=[slug]), role, "author")
        for pk, name, slug, role in _meant(_authors(), asked)
    }
    topics = {
        pk: Named(name, reverse("topic", args=[slug]), "", "topic")
        for pk, name, slug, _none in _meant(_topics(), asked)
    }
    by_them = Author.objects.filter(Exists(live.filter(bylines__author=OuterRef("pk"))), pk__in=authors)
    of_them = Topic.objects.filter(Exists(live.filter(topics=OuterRef("pk"))), pk__in=topics)
    people = [authors[pk] for pk in by_them.values_list("pk", flat=True)]
    subjects = [topics[pk] for pk in of_them.values_list("pk", flat=True)]
    pages = [
        Named(page.title, f"{edition.prefix}/{page.slug}/", "", kind)
        for kind, those in (("section", edition.sections), ("page", edition.standing_pages))
        for page in those
        if _is_meant(page.title, asked)
    ]
    return [*people, *subjects, *pages][:MOST]


def _meant(rows: Iterable[Row], asked: Asked) -> Iterator[Row]:
    return (row for row in rows if _is_meant(row[1], asked))


def _is_meant(name: str, asked: Asked) -> bool:
    """Whether all that was typed is in the name, or all of a name of several words in what was typed."""
    stems = Stemmed.of(asked.language, name)
    there = set(stems.in_order())
    if all(any(there.issuperset(phrase) for phrase in part.any_of) for part in asked.needed):
        return bool(asked.needed)
    typed = {stem for part in asked.parts for stem in part.stems}
    return len(stems.main) > 1 and typed.issuperset(stems.main)
