"""What to read next, at an article's end: the same story first, and what this visitor may open.

There are more than are shown: the page's script takes out what was read, and the next one moves up.
"""

from collections import Counter
from collections.abc import Iterable
from copy import copy
from typing import Any

from wagtail.models import Page

from broadsheet.editorial.models import Article, Edition, Section, attach_sections
from broadsheet.editorial.models.article import TAG as ARTICLES
from broadsheet.paywall.access import open_instead, ruling
from broadsheet.paywall.models.access_rule import AccessRuleQuerySet, rules_in_force
from broadsheet.paywall.verdict import Reason, decide
from broadsheet.platform.kept import KeptByKey
from broadsheet.site.reading import most_read
from broadsheet.site.reading.case import Case

CANDIDATES = 9
SHOWN = 3
"""As the style sheet has it."""
MOST_READ = 8
"""Of which the first five are shown; fewer than three are no list."""
LOOKED_AT = 16
"""Articles of the same topics, those that share the most of them first."""
NEWEST = 64
"""Articles of each topic that are looked at."""
WALLED = 3

# All that stand near one another lead to the same few, as do all pages of a section.
_rows = KeptByKey[int, Article](ARTICLES, "outline", "pictures", "topics", AccessRuleQuerySet.tag, most=2_000)
_newest = KeptByKey[int, tuple[int, ...]](ARTICLES, most=2_000)
_newest_of_front = KeptByKey[str, tuple[int, ...]](ARTICLES, "outline", most=500)


def next_after(case: Case) -> dict[str, Any]:
    """What the templates are told below an article, open or closed."""
    chosen = _recommended(case.article)
    ranked = [
        (rank, article) for rank, article in _ranked(case) if not {article.pk, article.alias_of_id} & chosen
    ]
    found = [article for rank, article in ranked if rank < WALLED]
    if len(found) < SHOWN:
        found += [article for rank, article in ranked if rank == WALLED]
    return _told(case, found)


def next_under_wall(case: Case) -> dict[str, Any]:
    """As `next_after`, before the wall itself: only what opens, from all of the edition if need be."""
    if not case.verdict.is_wall:
        return next_after(case)
    ranked = [(rank, article) for rank, article in _ranked(case) if rank < WALLED]
    if len(ranked) < CANDIDATES:
        there = {article.uuid for _rank, article in ranked}
        others = open_instead(case.article, case.visitor, case.verdict, CANDIDATES)
        ranked += [(_rank(case, other), other) for other in others if other.uuid not in there]
        ranked.sort(key=lambda pair: pair[0])
    if not ranked:
        return next_after(case)
    return _told(case, [article for _rank, article in ranked]) | {"next_opens": True}


def _told(case: Case, found: list[Article]) -> dict[str, Any]:
    section = case.article.section
    read = most_read.of_section(section, MOST_READ + SHOWN + 1)
    above = {article.uuid for article in [case.article, *found[:SHOWN]]}
    others = [article for article in read if article.uuid not in above][:MOST_READ]
    return {"next_articles": found[:CANDIDATES], "most_read": others if len(others) >= SHOWN else []}


def _recommended(article: Article) -> set[int]:
    """Pages that the body itself leads on to: they need not be said twice."""
    related = (block["value"] for block in article.body.raw_data if block["type"] == "related")
    items = [item for value in related for item in value["articles"]]
    # Imported bodies list bare numbers, as Wagtail's blocks once did.
    return {pk for item in items if (pk := item["value"] if isinstance(item, dict) else item)}


def _ranked(case: Case) -> list[tuple[int, Article]]:
    """Others of the topics and the section, each with how readily it opens: the best first.

    Where the article itself is open nearness counts for more, else that somebody can read on at all. Of those
    that are equally near one with a picture stands first.
    """
    near, section = _near(case.article), case.article.section.path

    def place(article: Article) -> tuple[int, int, bool, bool]:
        rank = _rank(case, article)
        if case.verdict.opens:
            rank = WALLED if rank == WALLED else 0
        is_elsewhere = not article.path.startswith(section)
        return rank, -near[article], article.picture_id is None, is_elsewhere

    newest = sorted(near, key=lambda article: (article.first_published_at, article.pk), reverse=True)
    return [(_rank(case, article), article) for article in sorted(newest, key=place)]


def _rank(case: Case, article: Article) -> int:
    """0: anybody may read it; 1: they have it already; 2: it takes one of their allowance; 3: a wall."""
    article.publication = case.visit.publication
    verdict = decide(article.uuid, ruling(article).access, case.visitor, case.meter_rules.allowance)
    if verdict.opens:
        return 1 if verdict.reason == Reason.GRANTED else 0
    return 2 if verdict.reason == Reason.METER else WALLED


def _near(article: Article) -> dict[Article, int]:
    """Others in the same edition, with how many topics they share."""
    shared = _sharing(article)
    found = _headlines([*shared, *_newest_besides(article, article.section)], article)
    if len(found) < SHOWN:
        found |= _headlines(_newest_besides(article, article.section.edition), article)
    return {other: shared.get(other.pk, 0) for other in attach_sections(found.values())}


def _headlines(pks: Iterable[int], article: Article) -> dict[int, Article]:
    """Those in the edition of `article` that are to be seen; copies of what is kept."""
    kept = _rows.get_all(dict.fromkeys(pks), _read_rows)
    return {pk: copy(row) for pk, row in kept.items() if row.locale_id == article.locale_id}


def _read_rows(pks: list[int]) -> dict[int, Article]:
    found = Article.objects.live().public().for_headlines()
    if any(rule.topic_id for rule in rules_in_force()):
        found = found.prefetch_related("topics")
    rows: dict[int, Article] = found.in_bulk(pks)
    copies = [row for row in rows.values() if row.alias_of_id]
    # By the section where it began a copy's access is found.
    originals = Page.objects.in_bulk({row.alias_of_id for row in copies})
    for row in copies:
        row.alias_of = originals[row.alias_of_id]
    return rows


def _newest_besides(article: Article, front: Section | Edition) -> list[int]:
    rows = Article.objects.live().public().below(front).newest_first().values_list("pk", flat=True)
    # One more than are needed: the article itself may be among them.
    newest = _newest_of_front.get(front.path, lambda: tuple(rows[: CANDIDATES + 1])) or ()
    return [pk for pk in newest if pk != article.pk][:CANDIDATES]


def _sharing(article: Article) -> dict[int, int]:
    """Page → how many of the article's topics it has, as far as it is among the newest of each."""
    shared = Counter(pk for topic in article.topics.all() for pk in _newest_of(topic.pk))
    del shared[article.pk]
    closest = sorted(shared.items(), key=lambda item: (item[1], item[0]), reverse=True)
    return dict(closest[:LOOKED_AT])


def _newest_of(topic: int) -> tuple[int, ...]:
    # A topic may have thousands. In the order in which they came to have it no database has to sort them.
    rows = Article.topics.through.objects.filter(topic_id=topic).order_by("-pk")
    return _newest.get(topic, lambda: tuple(rows.values_list("article_id", flat=True)[:NEWEST])) or ()
