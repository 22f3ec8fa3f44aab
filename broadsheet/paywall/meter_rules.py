"""The meter’s rules as they are at one moment in one edition: the period, and what it allows."""

from dataclasses import dataclass

from broadsheet.paywall.period import Period
from broadsheet.paywall.verdict import Allowance


@dataclass(frozen=True, slots=True)
class MeterRules:
    period: Period
    allowance: Allowance
    first_grants: int
    """How many strangers without a grant may open an article from one network in an hour."""
    variant: int = 0
    """That of an experiment, by its id; 0: none."""
