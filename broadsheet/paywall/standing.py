"""Where a reader stands with the meter, in words: the answer to “why was I walled?”."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Locale

from broadsheet.editorial.models import Article, Edition
from broadsheet.paywall.experiments.assignment import variant_assigned_to
from broadsheet.paywall.holding import Holding
from broadsheet.paywall.meter_rules import MeterRules
from broadsheet.paywall.models import Grant
from broadsheet.paywall.models.meter import meter_rules_in
from broadsheet.paywall.period import Period
from broadsheet.paywall.wall.period_words import each
from broadsheet.people.models import Person
from broadsheet.platform import clock


@dataclass(frozen=True, slots=True)
class Opened:
    grant: Grant
    article: Article | None
    """None where the article is not published any more."""
    counts: bool
    """Whether it is charged to the present period."""


@dataclass(frozen=True, slots=True)
class Standing:
    period: Period
    allowance: int
    left: int
    renews_at: datetime | None
    opened: list[Opened]

    @property
    def why(self) -> str:
        """What stands between the reader and the next metered article, in one or two sentences."""
        if self.allowance == 0:
            return _("At the moment a free account opens only free articles. A subscription opens all.")
        if self.left:
            return ngettext(
                "You have %(left)d of %(allowance)d article left.",
                "You have %(left)d of %(allowance)d articles left.",
                self.allowance,
            ) % {"left": self.left, "allowance": self.allowance}
        sentence = ngettext(
            "You have opened the one article that a free account opens %(each)s: any other needs a"
            " subscription.",
            "You have opened the %(allowance)d articles that a free account opens %(each)s: any other"
            " needs a subscription.",
            self.allowance,
        ) % {"allowance": self.allowance, "each": each(self.period)}
        return f"{sentence} {self.renewal}".strip()

    @property
    def renewal(self) -> str:
        if self.renews_at is None:
            return ""
        # In the zone that the period is counted in, which its ends bear.
        local = self.renews_at.astimezone(self.period.starts_at.tzinfo)
        return _("You can open the next one on %(day)s.") % {"day": date_format(local, "MONTH_DAY_FORMAT")}


def current_meter_rules(reader: Person | None = None) -> MeterRules:
    """Those of the present edition, with the allowance of the variant that `reader` has in an experiment."""
    tag = translation.get_language() or ""
    return meter_rules_in(tag, clock.now(), variant_assigned_to(reader, tag))


def standing_of(reader: Person, meter_rules: MeterRules) -> Standing:
    at, period, allowance = clock.now(), meter_rules.period, meter_rules.allowance.readers
    grants = list(Grant.objects.of(reader, period, at).order_by("-granted_at"))
    holding = Holding.of((grant.held for grant in grants), period, at)
    articles = articles_by_key(grant.article for grant in grants)
    return Standing(
        period=period,
        allowance=allowance,
        left=max(0, allowance - holding.spent),
        renews_at=holding.renews_at(allowance),
        opened=[
            Opened(grant, articles.get(grant.article), grant.held.is_spent(period))
            for grant in grants
            if grant.article in holding.granted
        ],
    )


def standings_elsewhere(reader: Person) -> list[tuple[str, Standing]]:
    """Of each other edition, by its name, in which the reader has another number of articles."""
    here = current_meter_rules(reader=reader).allowance.readers
    found = []
    for edition in Edition.objects.live().select_related("locale"):
        with translation.override(edition.locale.language_code):
            meter_rules = current_meter_rules(reader=reader)
        if meter_rules.allowance.readers != here:
            found.append((edition.full_name, standing_of(reader, meter_rules)))
    return found


def articles_by_key(keys: Iterable[UUID]) -> dict[UUID, Article]:
    """Those that are published: of a shared article the one in this edition, else the original."""
    live = Article.objects.live().filter(translation_key__in=set(keys)).select_related("locale")
    return {article.uuid: article for article in live.once_each(Locale.get_active())}
