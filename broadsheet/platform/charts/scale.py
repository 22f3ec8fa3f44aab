"""The axis of a chart: round numbers that hold all of its values."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

from django.utils.formats import number_format
from django.utils.translation import pgettext_lazy

STEPS = 4
"""About so many steps between the ends of an axis."""
UNITS = (
    (10**12, pgettext_lazy("on an axis, trillion", "{number}tn")),
    (10**9, pgettext_lazy("on an axis, billion", "{number}bn")),
    (10**6, pgettext_lazy("on an axis, million", "{number}m")),
    (10**3, pgettext_lazy("on an axis, thousand", "{number}k")),
)
WORDED = 10_000
"""From here on a number on an axis is shortened: 9,500, but 12k."""


@dataclass(frozen=True, slots=True)
class Scale:
    """From `low` to `high` by `step`. Zero is among the ticks, unless it was told to begin elsewhere."""

    low: float
    high: float
    step: float

    @classmethod
    def of(cls, values: Iterable[float], *, begins_at_zero: bool = True) -> "Scale":
        """Counts (values that are all ``int``) are never divided. Raises ValueError for NaN and infinity."""
        found = list(values)
        if not all(isfinite(value) for value in found):
            raise ValueError("a chart can't show what is not a number")
        ends = [0, *found] if begins_at_zero or not found else found
        low, high = min(ends), max(ends)
        step = _round_up((high - low) / STEPS)
        if all(isinstance(value, int) for value in found):
            step = max(1, step)
        low, high = floor(low / step) * step, ceil(high / step) * step
        return cls(low, high if high > low else low + step, step)

    @property
    def ticks(self) -> list[float]:
        first, last = round(self.low / self.step), round(self.high / self.step)
        return [number * self.step for number in range(first, last + 1)]

    def share(self, value: float) -> float:
        """How far up the axis `value` stands, 0 at its low end, 1 at its high one."""
        return (value - self.low) / (self.high - self.low)


def _round_up(step: float) -> float:
    """1, 2 or 5 with zeros, at least `step`."""
    if not step:
        return 1
    ten = 10.0 ** floor(log10(step))
    found = next(times for times in (1, 2, 5, 10) if times * ten >= step * (1 - 1e-9)) * ten
    return int(found) if found >= 1 else found


def in_words(value: float) -> str:
    """As it stands on an axis: “400”, “9,500”, “12k”, “1.5m”."""
    if abs(value) >= WORDED:
        size, unit = next((size, unit) for size, unit in UNITS if abs(value) >= size)
        return unit.format(number=_four_digits(value / size))
    # A tick is a multiple of its step, and not quite round where that is a fraction.
    return in_full(value) if float(value).is_integer() else _four_digits(value)


def _four_digits(value: float) -> str:
    digits = f"{value:.4g}"
    if "e" not in digits:
        digits = str(number_format(digits, decimal_pos=len(digits.partition(".")[2])))
    return digits.replace("-", "−")


def in_full(value: float) -> str:
    """As it stands in a text: “12,345”, “0.25”."""
    places = 0 if float(value).is_integer() else 2
    return str(number_format(value, decimal_pos=places, force_grouping=True)).replace("-", "−")
