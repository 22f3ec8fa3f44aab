"""Example visitors to try an article with: nobody asks, nothing is spent, nothing is counted."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy

from broadsheet.editorial.models import Article
from broadsheet.paywall.access import Ruling, ruling
from broadsheet.paywall.checks import Check, checks_of, outcome_of
from broadsheet.paywall.experiments.models import Variant
from broadsheet.paywall.meter_rules import MeterRules
from broadsheet.paywall.models.meter import meter_rules_in
from broadsheet.paywall.verdict import Allowance, Verdict, Visitor, decide
from broadsheet.paywall.wall.wall import Wall, wall_before


class Persona(TextChoices):
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
            case Persona.NEW:
                return Visitor()
            case Persona.SPENT:
                return Visitor(spent=allowance.strangers)
            case Persona.NETWORK | Persona.AI:
                return Visitor(may_be_granted=False)
            case Persona.READER:
                return Visitor(is_reader=True, spent=opened)
            case Persona.RETURNING:
                return Visitor(is_reader=True, spent=max(1, opened), granted=this)
            case Persona.SUBSCRIBER:
                return Visitor(is_reader=True, is_subscriber=True)
            case Persona.INSTITUTION:
                return Visitor(is_of_institution=True)
            case Persona.GIFT:
                return Visitor(gifts=this)
            case Persona.NEWSLETTER:
                return Visitor(passes=this)
            case Persona.SUBSCRIBERS_NEWSLETTER:
                return Visitor(subscriber_passes=this)
            case Persona.CRAWLER:
                return Visitor(is_proven_crawler=True, may_be_granted=False)
            case Persona.STAFF:
                return Visitor(is_reader=True, is_staff=True)


@dataclass(frozen=True, slots=True)
class Example:
    """What such a visitor would get for one article, and why."""

    persona: Persona
    ruling: Ruling
    meter_rules: MeterRules
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
            meter_rules=self.meter_rules,
            # As if all were opened just now: in a rolling period the first one stops counting at its end.
            renews_at=self.meter_rules.period.ends_at,
            publication=publication,
            tag=tag,
            variant=variant,
        )


def examples_of(
    article: Article, tag: str, at: datetime, *, opened: int = 0, variant: Variant | None = None
) -> list[Example]:
    """One for each persona, for `article` at a moment in the edition with the language tag `tag`."""
    by, meter_rules = ruling(article, at), meter_rules_in(tag, at, variant)
    found = []
    for persona in Persona:
        visitor = persona.visitor(article, meter_rules.allowance, opened)
        verdict = decide(article.uuid, by.access, visitor, meter_rules.allowance)
        found.append(Example(persona, by, meter_rules, visitor, verdict))
    return found
