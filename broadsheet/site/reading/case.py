"""One visitor before one article: what the verdict is made of, and the verdict."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from django.http import HttpResponse

from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Article
from broadsheet.insights import counts
from broadsheet.membership.cookies import renew_entitlement_cookie
from broadsheet.membership.models import Entitlement
from broadsheet.paywall.access import Ruling, ruling
from broadsheet.paywall.experiments.assignment import Stage
from broadsheet.paywall.holding import Holding
from broadsheet.paywall.meter_rules import MeterRules
from broadsheet.paywall.verdict import Reason, Verdict, Visitor, decide
from broadsheet.paywall.wall.wall import Wall, wall_before
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.site.reading.visit import Visit


@dataclass(frozen=True, slots=True)
class Case:
    visit: Visit
    article: Article
    ruling: Ruling
    meter_rules: MeterRules
    reader: Person | None
    """None for a stranger, and for a subscriber who is known by their cookie alone."""
    visitor: Visitor
    verdict: Verdict
    renews_at: datetime | None
    """When whoever has none left may open another article; None: never."""

    @classmethod
    def of(cls, visit: Visit, article: Article) -> Self:
        """Decides, and spends nothing."""
        by, rules = ruling(article), visit.meter_rules
        rights = rights_of(visit, article, by.access)
        holding = Holding.of([], rules.period, clock.now())
        # What is held can't matter to those who read it by right.
        if not decide(article.uuid, by.access, rights, rules.allowance).opens:
            holding = visit.holding
        visitor = holding.as_held_by(rights)
        verdict = decide(article.uuid, by.access, visitor, rules.allowance)
        renews_at = holding.renews_at(verdict.allowance)
        return cls(visit, article, by, rules, visit.reader, visitor, verdict, renews_at)

    @property
    def access(self) -> Access:
        return self.ruling.access

    @property
    def opened(self) -> bool:
        """Whether the whole article is theirs once the verdict is carried out."""
        return self.verdict.opens or self.verdict.reason == Reason.METER

    @property
    def may_give(self) -> bool:
        """Whether they are offered to give the article away. How many gifts they have left is asked later."""
        return self.visitor.is_subscriber and self.access != Access.FREE and self.visit.meter.lets_give

    def renew_entitlement_cookie(self, response: HttpResponse) -> None:
        """Lets a subscriber whom the database knows be known by their cookie for the next minutes."""
        if self.reader and self.visitor.is_subscriber:
            renew_entitlement_cookie(response, self.reader)

    def refused_by_network(self) -> Self:
        """As it stands where the visitor’s network, or their name, may open nothing more."""
        visitor = replace(self.visitor, may_be_granted=False)
        verdict = decide(self.article.uuid, self.access, visitor, self.meter_rules.allowance)
        return replace(self, visitor=visitor, verdict=verdict)

    def wall(self) -> Wall | None:
        """What the visitor meets; None where the article opens, or would by one of the allowance."""
        if not self.verdict.is_wall:
            return None
        visit = self.visit
        return wall_before(
            self.verdict,
            is_reader=self.visitor.is_reader,
            access=self.access,
            meter_rules=self.meter_rules,
            renews_at=self.renews_at,
            publication=visit.publication.name,
            tag=visit.tag,
            variant=visit.assignment.variant_of(self.reader),
            reader=self.reader,
        )

    def follow_trial(self, response: HttpResponse) -> None:
        """Counts how far the visitor has come in an experiment, by what they look at.

        A page sets no cookie but in a browser that has one of these.
        """
        visit = self.visit
        if not visit.is_post and not visit.assignment.has_cookie:
            return
        if visit.is_head or visit.is_speculative:
            return
        reader, trial = self.reader, visit.assignment.trial_of(self.reader)
        if trial and trial.stage < Stage.SETTLED and self.visitor.is_subscriber:
            reader = visit.person  # the entitlement cookie doesn't say since when they are one
        visit.assignment.follow(response, self.verdict, reader, visit.publication.zone)

    def count_decision(self) -> None:
        count_decision(self.visit, self.article, self.verdict.reason, self.meter_rules.variant)

    def count_open(self) -> None:
        count_open(self.visit, self.article, self.verdict.reason, self.meter_rules.variant)


# --- What the verdict is made of -------------------------------------------------------------------


def rights_of(visit: Visit, article: Article, access: str) -> Visitor:
    """Who it is, without the grants that they hold, in the order of the verdict's checks.

    Each right is asked for only where none before it opens the article already: most cost a query.
    """
    if visit.is_known_by_cookie:
        return Visitor(is_reader=True, is_subscriber=True)
    if visit.rendition:
        # Somebody else's address opens nothing.
        opened = frozenset([article.uuid]) if visit.rendition.is_full else frozenset()
        return Visitor(visit.is_reader, gifts=opened)
    if visit.works_here:
        return Visitor(is_reader=True, is_staff=True)
    # Of a free article too: a subscriber is shown no promotions.
    if visit.is_subscriber:
        return Visitor(is_reader=True, is_subscriber=True)
    is_reader, this = visit.is_reader, frozenset([article.uuid])
    if access == Access.FREE:
        return Visitor(is_reader)
    if visit.institution:
        return Visitor(is_reader, is_of_institution=True)
    if article.uuid in visit.gifts:
        return Visitor(is_reader, gifts=this)
    found = visit.pass_to(article.uuid)
    if found and access == Access.METERED:
        return Visitor(is_reader, passes=this)
    if found and Entitlement.objects.entitle_by(found):
        return Visitor(is_reader, subscriber_passes=this)
    return Visitor(is_reader, is_proven_crawler=visit.claim.reads_all)


# --- What is counted of it, without a word on who asked ----------------------------------------------


def count_decision(visit: Visit, article: Article, reason: str, variant: int = 0) -> None:
    if not visit.is_head:
        counts.decided(article.uuid, visit.tag, reason, variant)


def count_open(visit: Visit, article: Article, reason: str, variant: int = 0) -> None:
    """Counts that the answer is the whole article, if a reader is going to look at it.

    A browser that fetches ahead, a robot and the staff open nothing.
    """
    is_readers = reason not in {Reason.STAFF, Reason.CRAWLER}
    if is_readers and not (visit.is_head or visit.is_speculative or visit.is_robot):
        counts.opened(article.uuid, visit.tag, reason, variant)
        visit.note_sign_of_life()
