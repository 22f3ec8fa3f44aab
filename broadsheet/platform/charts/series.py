from collections.abc import Callable, Sequence
from dataclasses import dataclass

type Words = Callable[[float], str]
"""From a value to what is written for it."""

COLOURS = ("plot-1", "plot-2", "plot-3", "plot-4", "plot-5", "plot-6")
"""CSS classes; a seventh series has the first colour again."""


@dataclass(frozen=True, slots=True)
class Series:
    """One number for each label of the chart's axis; None where there is none."""

    name: str
    values: Sequence[float | None]


def colour(place: int) -> str:
    return COLOURS[place % len(COLOURS)]


def known(series: Sequence[Series]) -> list[float]:
    return [value for one in series for value in one.values if value is not None]
