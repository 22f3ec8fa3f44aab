"""The meter’s rules in force: the present period, and the allowance for it."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils import translation

from broadsheet.editorial.models import Publication
from broadsheet.paywall.experiments.allotment import variant_allotted_to, variant_of
from broadsheet.paywall.experiments.models import Variant
from broadsheet.paywall.models.meter import Meter
from broadsheet.paywall.period import Period
from broadsheet.paywall.verdict import Allowance
from broadsheet.people.models import Person
from broadsheet.platform import clock


@dataclass(frozen=True, slots=True)
class MeterRules:
    period: Period
    allowance: Allowance
    first_grants: int
    """How many strangers without a grant may open an article from one network in an hour."""
    variant: int = 0
    """That of an experiment, by its id; 0: none."""


def current_meter_rules(request: HttpRequest | None = None, reader: Person | None = None) -> MeterRules:
    """Those of the edition that the address names, for whoever asks.

    `reader` is who is signed in, as far as that is known: an experiment may have another allowance for them.
    Without a request it is asked by somebody else, and `reader` is whom it is about.
    """
    variant = variant_of(request, reader) if request else variant_allotted_to(reader)
    return meter_rules_in(translation.get_language() or "", clock.now(), variant, request)


def meter_rules_in(
    tag: str, at: datetime, variant: Variant | None = None, request: HttpRequest | None = None
) -> MeterRules:
    """Those of the edition with this language tag at a moment, in the publication's time zone."""
    meter: Meter = Meter.load(request_or_site=request)
    usual = meter.allowance_in(tag)
    return MeterRules(
        period=meter.period_at(at, Publication.load(request_or_site=request).zone),
        allowance=variant.allowance_over(usual) if variant else usual,
        first_grants=meter.first_grants,
        variant=variant.pk if variant else 0,
    )
