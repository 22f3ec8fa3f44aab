"""Kinds of visitor to try an article with: nobody asks, nothing is spent, nothing is counted."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy

from broadsheet.editorial.models import Article
from broadsheet.paywall.access import Ruling, ruling
from broadsheet.paywall.checks import Check, checks_of, outcome_of
from broadsheet.paywall.experiments.models import Variant
from broadsheet.paywall.meter_rules import Terms, terms_in
from broadsheet.paywall.verdict import Allowance, Verdict, Visitor, decide
from broadsheet.paywall.wall.wall import Wall, wall_before


class Kind(TextChoices):
    NEW = "new", gettext_lazy("A stranger who has opened nothing")
    SPENT = "spent", gettext_lazy("A stranger with none left")
    NETWORK = "network", gettext_lazy("A stranger whose network has had its first articles")
    READER = "reader", gettext_lazy("A registered reader")
    RETURNING = "returning", gettext_lazy("A registered reader who opened this article before")
    SUBSCRIBER = "subscriber", gettext_lazy("A subscriber")
    INSTITUTION = "institution", gettext_lazy("A reader in an institution")
    GIFT = "gift", gettext_lazy("A stranger with a gift link to it")
    NEWSLETTER = "newsletter", gettext_lazy("A stranger from a newsletter’s link")
    SUBSCRIBERS_NEWSLETTER = (
        "subscribers-newsletter",
        gettext_lazy("A stranger from the subscribers’ newsletter"),
    )
    CRAWLER = "crawler", gettext_lazy("A search crawler, proven")
    AI = "ai", gettext_lazy("An AI crawler")
    STAFF = "staff", gettext_lazy("Somebody who works here")

    def visitor(self, article: Article, allowance: Allowance, opened: int) -> Visitor:
        """`opened` is how many articles a registered reader has opened in the period."""
        this = frozenset({article.uuid})
        match self:
            case Kind.NEW:
                return Visitor()
            case Kind.SPENT:
                return Visitor(spent=allowance.strangers)
            case Kind.NETWORK | Kind.AI:
                return Visitor(may_be_granted=False)
            case Kind.READER:
                return Visitor(is_reader=True, spent=opened)
            case Kind.RETURNING:
                return Visitor(is_reader=True, spent=max(1, opened), granted=this)
            case Kind.SUBSCRIBER:
                return Visitor(is_reader=True, is_subscriber=True)
            case Kind.INSTITUTION:
                return Visitor(is_of_institution=True)
            case Kind.GIFT:
                return Visitor(gifts=this)
            case Kind.NEWSLETTER:
                return Visitor(passes=this)
            case Kind.SUBSCRIBERS_NEWSLETTER:
                return Visitor(subscriber_passes=this)
            case Kind.CRAWLER:
                return Visitor(is_proven_crawler=True, may_be_granted=False)
            case Kind.STAFF:
                return Visitor(is_reader=True, is_staff=True)


@dataclass(frozen=True, slots=True)
class Example:
    """What such a visitor would get for one article, and why."""

    kind: Kind
    ruling: Ruling
    terms: Terms
    visitor: Visitor
    verdict: Verdict

    @property
    def outcome(self) -> str:
        return outcome_of(self.verdict)

    @property
    def checks(self) -> list[Check]:
        return checks_of(self.verdict, self.visitor, self.ruling.access)

    def wall(self, publication: str, tag: str, variant: Variant | None = None) -> Wall | None:
        """The wall in the edition with the language tag `tag`; None where the article opens."""
        if not self.verdict.is_wall:
            return None
        return wall_before(
            self.verdict,
            is_reader=self.visitor.is_reader,
            access=self.ruling.access,
            terms=self.terms,
            # As if all were opened just now: of a rolling period the first is to be had again at its end.
            renews_at=self.terms.period.ends_at,
            publication=publication,
            tag=tag,
            variant=variant,
        )


def examples_of(
    article: Article, tag: str, at: datetime, *, opened: int = 0, variant: Variant | None = None
) -> list[Example]:
    """One for each kind, for `article` at a moment in the edition with the language tag `tag`."""
    by, terms = ruling(article, at), terms_in(tag, at, variant)
    found = []
    for kind in Kind:
        visitor = kind.visitor(article, terms.allowance, opened)
        verdict = decide(article.uuid, by.access, visitor, terms.allowance)
        found.append(Example(kind, by, terms, visitor, verdict))
    return found
