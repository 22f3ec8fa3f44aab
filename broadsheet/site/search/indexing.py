"""Keeps the search index to what everyone may read: openings, and the rest of what is free today.

An article is indexed in the transaction that changes it. What its entry was made by is written on it
(`Standing`), so that an entry is known to be doubtful as soon as openings are shorter, a rule of access is
edited or an article has reached an age that a rule names; `stems` then lets it be found by its headline
alone, until a task or the minute has made it anew. Live articles without an entry are what is left to do, so
that the work of a lost task is picked up.
"""

import time
from collections.abc import Iterable, Iterator
from copy import copy
from itertools import batched
from typing import Any, TextIO

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.tasks import task
from wagtail.blocks import ChoiceBlock, URLBlock

from broadsheet.editorial.access import Access
from broadsheet.editorial.catching_up import held_pages
from broadsheet.editorial.models import Article
from broadsheet.editorial.models.outline import outline
from broadsheet.editorial.opening import Bound, plain_text
from broadsheet.paywall.access import next_change, ruling
from broadsheet.platform.days import day_of
from broadsheet.platform.processes.progress import step
from broadsheet.site.search import spelling
from broadsheet.site.search.models import SearchEntry, place_of
from broadsheet.site.search.standing import Standing
from broadsheet.site.search.stemming import language_of
from broadsheet.site.search.stems import (
    ABOUT,
    AUTHOR,
    EDITION,
    HEADLINE,
    OPENING,
    REST,
    SECTION,
    YEAR,
    Stems,
    index_in_use,
    mark,
)
from broadsheet.site.search.text import Stemmed

BATCH = 100
AT_ONCE = 10
"""Articles that a task puts in by one transaction, which keeps others from saving them."""
LONGEST_TEXT = 400_000
"""Characters of a body that are looked at: PostgreSQL keeps a megabyte of one article's stems, no more."""
NOT_READ = frozenset({"related", "sponsor", "divider"})


def put(pks: Iterable[int], *, waits: bool = True) -> int:
    """Makes the entries of these articles anew, and returns of how many. What isn't published has none.

    Without waiting it leaves out what somebody else saves at this moment, and puts in by themselves.
    """
    with transaction.atomic():
        there = held_pages(pks, waits=waits)
        live = [article for article in _whole(Article.objects.filter(pk__in=there)) if article.live]
        made = [_entry(article, Standing.now()) for article in _placed(live)] if live else []
        take_out(SearchEntry.objects.filter(article__in=there))
        SearchEntry.objects.bulk_create([entry for entry, _, _ in made])
        index_in_use().put((entry.place, marks, stems) for entry, marks, stems in made)
    return len(there)


def take_out(entries: QuerySet[SearchEntry]) -> None:
    """In one statement. Their stems go with them, by the database's trigger."""
    entries._raw_delete(entries.db)


def _text(blocks: Iterable[Bound]) -> str:
    found = (_words(block) for block in blocks if block.block_type not in NOT_READ)
    return " ".join(" ".join(found).split())[:LONGEST_TEXT]


def _words(block: Any) -> str:
    """Of a block what is read, without what an editor chose about it or where it leads."""
    if isinstance(block.block, ChoiceBlock | URLBlock):
        return ""
    children = getattr(block.value, "bound_blocks", None)
    if children is None:
        return plain_text(block.value)
    return " ".join(filter(None, map(_words, children.values() if isinstance(children, dict) else children)))


def names_of(article: Article) -> str:
    return "\n".join([*(one.name for one in article.authors), *(one.name for one in article.topics.all())])


def _placed(articles: Iterable[Article]) -> Iterator[Article]:
    """Those that are public, each with its section and edition."""
    tree = outline()
    for article in articles:
        if tree.is_public(article.path):
            article.section = copy(tree.sections[article.path[: -article.steplen]])
            article.section.edition = copy(tree.editions[article.path[: 2 * article.steplen]])
            yield article


def _entry(article: Article, now: Standing) -> tuple[SearchEntry, list[str], Stems]:
    parts, edition = article.parts, article.edition
    is_free = ruling(article).access == Access.FREE
    published = article.first_published_at
    entry = SearchEntry(
        place=place_of(article),
        article=article,
        section=article.section.pk,
        year=day_of(published, edition.zone).year if published else 0,
        made=now.made,
        ruled=now.ruled,
        ruled_until=next_change(article),
        has_rest=is_free,
        names=names_of(article),
        opening=_text(parts.opening),
        rest=_text(parts.rest) if is_free else "",
    )
    marks = marks_of(entry, [author.pk for author in article.authors])
    return entry, marks, stems_of_entry(entry, language_of(edition.language_tag))


def marks_of(entry: SearchEntry, authors: Iterable[int]) -> list[str]:
    """`authors` are their ids."""
    return [
        mark(EDITION, entry.article.locale_id),
        mark(SECTION, entry.section),
        mark(YEAR, entry.year),
        *(mark(AUTHOR, author) for author in authors),
    ]


def stems_of_entry(entry: SearchEntry, language: str) -> Stems:
    article = entry.article
    return {
        HEADLINE: Stemmed.of(language, article.headline),
        ABOUT: Stemmed.of(language, article.kicker, article.standfirst, *entry.names.split("\n")),
        OPENING: Stemmed.of(language, entry.opening),
        REST: Stemmed.of(language, entry.rest),
    }


def _whole(articles: QuerySet[Article]) -> QuerySet[Article]:
    return articles.select_related("alias_of").prefetch_related("bylines__author", "topics")


def missing() -> QuerySet[Article]:
    """Live articles that have no entry, the newest first."""
    entries = SearchEntry.objects.filter(article=OuterRef("pk"))
    found: QuerySet[Article] = Article.objects.live().public().filter(~Exists(entries))
    return found.order_by("-first_published_at", "-pk")


def catch_up() -> int:
    """Brings at most one batch into line, and returns how many that were."""
    done = _renew(missing().values_list("pk", flat=True)[:BATCH])
    gone = list(SearchEntry.objects.exclude(article__live=True).values_list("pk", flat=True)[:BATCH])
    take_out(SearchEntry.objects.filter(pk__in=gone))
    return done + len(gone) + _look_again() + spelling.count_words(BATCH)


def _renew(pks: Iterable[int]) -> int:
    return sum(put(some, waits=False) for some in batched(pks, AT_ONCE, strict=False))


def _look_again() -> int:
    """At a batch of entries that were made by another standing: most of them are right all the same."""
    places = {row["place"] for row in SearchEntry.objects.outdated()[: BATCH * 10]}
    entries = list(SearchEntry.objects.filter(pk__in=places).order_by("-has_rest", "-place"))
    now = Standing.now()
    articles = _whole(Article.objects.filter(pk__in=[entry.article_id for entry in entries]))
    there = {article.pk: article for article in articles.defer("body")}
    anew: list[int] = []
    right: list[SearchEntry] = []
    for entry in entries:
        article = there[entry.article_id]
        is_free = ruling(article).access == Access.FREE
        if entry.made != now.made or entry.has_rest != is_free:
            anew.append(article.pk)
        else:
            entry.ruled, entry.ruled_until = now.ruled, next_change(article)
            right.append(entry)
    SearchEntry.objects.bulk_update(right, ["ruled", "ruled_until"], batch_size=BATCH)
    return len(right) + _renew(anew[:BATCH])


@task
def catch_up_soon() -> None:
    if catch_up():
        catch_up_soon.enqueue()


def catch_up_for(seconds: float) -> None:
    """As much as fits: a day's articles reach the age of a rule one by one, an import thousands at once."""
    end = time.monotonic() + seconds
    while catch_up() and time.monotonic() < end:
        pass


def begin_anew() -> None:
    """Has every entry made anew, and all words counted anew, by `fill` or by the minute."""
    with transaction.atomic():
        SearchEntry.objects.update(made="", has_counted_words=True)
        spelling.forget()


def fill(out: TextIO) -> int:
    """Brings all of it into line, with its progress, and returns how many articles it holds."""
    left = missing().count() + SearchEntry.objects.outdated().count()
    left += SearchEntry.objects.filter(has_counted_words=False).count()
    if left:
        with step("Search", left, "articles", to=out) as advance:
            while done := catch_up():
                advance(done)
    return SearchEntry.objects.count()
