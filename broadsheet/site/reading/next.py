"""What to read next, at an article's end: the same story first, and what this visitor may open.

There are more than are shown: the page's script takes out what was read, and the next one moves up.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import FETCH_PEERS, Count

from broadsheet.editorial.models import Article, attach_sections
from broadsheet.insights.most_read import most_read_in
from broadsheet.paywall.access import open_instead, ruling
from broadsheet.paywall.models.access_rule import rules_in_force
from broadsheet.paywall.verdict import Reason, decide
from broadsheet.platform.kept import KeptByKey
from broadsheet.site.reading.case import Case

CANDIDATES = 9
SHOWN = 3
"""As the style sheet has it."""
MOST_READ = 8
"""Of which the first five are shown; fewer than three are no list."""
LOOKED_AT = 16
"""Articles of the same topics, those that share the most of them first."""
WALLED = 3

# By section. Opens are no edits: it is counted anew once a minute.
_most_read = KeptByKey[str, list[Article]]("most read", most=500)


def next_after(case: Case) -> dict[str, Any]:
    """What the templates are told below an article, open or closed."""
    ranked = _ranked(case)
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
    read = _most_read.get(section.path, lambda: most_read_in(section, MOST_READ + SHOWN + 1)) or []
    above = {article.uuid for article in [case.article, *found[:SHOWN]]}
    others = [article for article in read if article.uuid not in above][:MOST_READ]
    return {"next_articles": found[:CANDIDATES], "most_read": others if len(others) >= SHOWN else []}


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
    live = Article.objects.live().public().exclude(pk=article.pk).for_headlines()
    # What a copy is of is asked for all copies at once, where there are any.
    live = live.fetch_mode(FETCH_PEERS)
    if any(rule.topic_id for rule in rules_in_force()):
        live = live.prefetch_related("topics")
    found: list[Article] = []
    if shared:
        found += live.filter(locale_id=article.locale_id, pk__in=shared)
    found += live.below(article.section).newest_first()[:CANDIDATES]
    if len(found) < SHOWN:
        found += live.below(article.section.edition).newest_first()[:CANDIDATES]
    near = {other.pk: other for other in attach_sections(found)}.values()
    return {other: shared.get(other.pk, 0) for other in near}


def _sharing(article: Article) -> dict[int, int]:
    """Page → how many of the article's topics it has. The newest rows only: a topic may have thousands."""
    topics: Iterable[int] = [topic.pk for topic in article.topics.all()]
    if not topics:
        return {}
    rows = Article.topics.through.objects.filter(topic_id__in=topics).exclude(article_id=article.pk)
    counted = rows.values("article_id").annotate(shared=Count("pk")).order_by("-shared", "-article_id")
    return dict(counted.values_list("article_id", "shared")[:LOOKED_AT])
