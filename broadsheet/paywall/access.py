"""Which access an article has, who says so, and what a visitor who meets a wall may open instead."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext as _

from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Article, Publication, Section, attach_sections
from broadsheet.paywall.models import AccessRule
from broadsheet.paywall.models.access_rule import rules_in_force
from broadsheet.paywall.verdict import Verdict, Visitor
from broadsheet.platform import clock


@dataclass(frozen=True, slots=True)
class Ruling:
    access: Access
    by: Article | AccessRule | Section | Publication

    @property
    def because(self) -> str:
        """In words, for the desk."""
        if isinstance(self.by, AccessRule):
            return _("by the rule “%s”") % self.by.conditions
        if isinstance(self.by, Article):
            return _("set on the article itself")
        if isinstance(self.by, Section):
            return _("set on the section %s") % self.by.title
        return _("the publication’s own")


def ruling(article: Article, at: datetime | None = None, rules: Iterable[AccessRule] | None = None) -> Ruling:
    """What the article says itself; else the first rule that matches; else its section, the publication.

    `rules` (all there are, in order) may be given where many articles are asked about. An article shared
    with another edition is one article: the section where it began counts, in every edition.
    """
    if article.access:
        return Ruling(Access(article.access), article)
    home = article.home_section
    published = article.first_published_at
    age = (at or clock.now()) - published if published else timedelta()
    topics: set[int] | None = None
    for rule in rules_in_force() if rules is None else rules:
        if topics is None and rule.topic_id:
            topics = {topic.pk for topic in article.topics.all()}
        if rule.matches(section=home.pk, kind=article.kind, topics=topics or (), age=age):
            return Ruling(Access(rule.access), copy(rule))
    if home.access:
        return Ruling(Access(home.access), home)
    return Ruling(Access(article.publication.access), article.publication)


def next_change(article: Article) -> datetime | None:
    """When its age may change its access; None where no rule asks for so great an age."""
    if article.access or not article.first_published_at:
        return None
    limits = [days for rule in rules_in_force() for days in (rule.older_than, rule.younger_than) if days]
    moments = [article.first_published_at + timedelta(days=days) for days in limits]
    return min((moment for moment in moments if moment > clock.now()), default=None)


def open_instead(article: Article, visitor: Visitor, verdict: Verdict, limit: int) -> list[Article]:
    """At most `limit` others in the same edition that open for `visitor`, who got `verdict` for `article`.

    The free ones first, then those that they have opened already, then those that their allowance has room
    for; of each kind those of the article's own section first, and then the newest.
    """
    ruled = AccessRule.objects.order_by("position", "pk").ruled(article.publication)
    free = ruled.filter(ruled=Access.FREE).values("translation_key")
    opens = [
        When(translation_key__in=free, then=Value(0)),
        When(translation_key__in=visitor.granted, then=Value(1)),
    ]
    if verdict.left and (visitor.is_reader or visitor.may_be_granted):
        metered = ruled.filter(ruled=Access.METERED).values("translation_key")
        opens.append(When(translation_key__in=metered, then=Value(2)))
    others = Article.objects.live().public().filter(locale_id=article.locale_id)
    others = others.exclude(translation_key=article.uuid).annotate(
        opens=Case(*opens),
        is_elsewhere=Case(When(Q(path__startswith=article.section.path), then=Value(0)), default=Value(1)),
    )
    found = others.exclude(opens=None).order_by("opens", "is_elsewhere", "-first_published_at", "-pk")
    return attach_sections(found.for_teasers()[:limit])
