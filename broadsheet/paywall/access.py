"""Which access an article has, who says so, and what a visitor who meets a wall may open instead."""

from collections.abc import Container, Iterable
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
    rules = rules_in_force() if rules is None else list(rules)
    about = {topic.pk for topic in article.topics.all()} if any(rule.topic_id for rule in rules) else set()
    age = age_of(article.first_published_at, at or clock.now())
    if rule := deciding(rules, section=home.pk, kind=article.kind, topics=about, age=age):
        return Ruling(Access(rule.access), copy(rule))
    if home.access:
        return Ruling(Access(home.access), home)
    return Ruling(Access(article.publication.access), article.publication)


def age_of(published: datetime | None, at: datetime) -> timedelta:
    return at - published if published else timedelta()


def deciding(
    rules: Iterable[AccessRule], *, section: int, kind: str, topics: Container[int], age: timedelta
) -> AccessRule | None:
    """The first of `rules` that matches an article of that section, kind and age, if any does."""
    found = (rule for rule in rules if rule.matches(section=section, kind=kind, topics=topics, age=age))
    return next(found, None)


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
