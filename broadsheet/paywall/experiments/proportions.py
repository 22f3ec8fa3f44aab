"""How much a share of a number of people says: intervals after Wilson, differences after Newcombe.

E. B. Wilson, “Probable inference”, 1927; R. G. Newcombe, “Interval estimation for the difference between
independent proportions”, 1998, its method 10.
"""

from dataclasses import dataclass
from math import hypot, sqrt
from statistics import NormalDist

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `of`; between 0 and 1 where anything was counted."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        return self.hits / self.of if self.of else 0.0

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """Between which bounds the true share lies, in that part of all cases."""
        if not self.of:
            return 0.0, 1.0
        z = _z(confidence)
        middle = self.hits + z * z / 2
        reach = z * sqrt(self.hits * (self.of - self.hits) / self.of + z * z / 4)
        whole = self.of + z * z
        return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)


def difference(one: Share, other: Share, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Between which bounds `one` is larger than `other`. If 0 lies outside, chance hardly explains it."""
    low, high = one.interval(confidence)
    other_low, other_high = other.interval(confidence)
    apart = one.value - other.value
    return (
        apart - hypot(one.value - low, other_high - other.value),
        apart + hypot(high - one.value, other.value - other_low),
    )


def differ(one: Share, other: Share, comparisons: int = 1) -> bool:
    """Whether the two differ by more than chance explains, one of so many `comparisons` that are made."""
    if not (one.of and other.of):
        return False
    # Bonferroni: of many comparisons, one would sooner or later find something by chance.
    low, high = difference(one, other, 1 - (1 - CONFIDENCE) / comparisons)
    return low > 0 or high < 0


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + confidence) / 2)
