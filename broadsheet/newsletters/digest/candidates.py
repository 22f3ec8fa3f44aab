"""The articles in print that a digest can be made of."""

from collections import defaultdict
from datetime import datetime

from broadsheet.editorial.models import Article, Edition, Section
from broadsheet.editorial.models.fronts import Tone
from broadsheet.newsletters.digest.assembly import Candidate, Rule
from broadsheet.newsletters.models.newsletter import Newsletter

MOST = 500
"""The newest that are looked at."""


def rule_of(newsletter: Newsletter) -> Rule:
    return Rule(
        at_most=newsletter.max_items,
        sections=frozenset(newsletter.sections.values_list("pk", flat=True)),
        kinds=frozenset(newsletter.kinds),
        topics=frozenset(newsletter.topics.values_list("pk", flat=True)),
        has_lead=newsletter.has_lead,
        is_bright_last=newsletter.good_news_last,
    )


def candidates(newsletter: Newsletter, since: datetime) -> list[Candidate]:
    """What was first published in the newsletter's edition after `since`."""
    edition = Edition.objects.live().filter(locale__language_code=newsletter.edition).first()
    if edition is None:
        return []
    in_print = Article.objects.live().public().below(edition)
    found = list(
        in_print.filter(first_published_at__gt=since)
        .newest_first()
        .values_list("pk", "translation_key", "first_published_at", "path", "kind")[:MOST]
    )
    sections = {section.path: section for section in Section.objects.child_of(edition)}
    topics: dict[int, set[int]] = defaultdict(set)
    of_topics = Article.topics.through.objects.filter(article__in=[pk for pk, *_ in found])
    for article, topic in of_topics.values_list("article", "topic"):
        topics[article].add(topic)
    placed = edition.placements.order_by("sort_order").values_list("article_id", flat=True)
    ranks = {article: rank for rank, article in reversed(list(enumerate(placed)))}
    return [
        Candidate(
            article=pk,
            uuid=uuid,
            published_at=published_at,
            section=sections[section_path].pk,
            kind=kind,
            topics=frozenset(topics[pk]),
            rank=ranks.get(pk),
            is_bright=sections[section_path].tone == Tone.BRIGHT,
        )
        for pk, uuid, published_at, path, kind in found
        if (section_path := path[: -Article.steplen]) in sections
    ]
