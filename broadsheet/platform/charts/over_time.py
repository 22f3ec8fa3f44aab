"""Charts whose axis runs from left to right: bars and lines, as SVG.

The drawing is as wide as its place; what is measured along it is in per cent, all else in pixels, so that
words keep their size on a phone. The numbers of its axis stand in the padding that ``plot.css`` gives it.
Attributes only, no ``style``: the readers' Content-Security-Policy allows none.
"""

from collections.abc import Sequence
from math import ceil

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from broadsheet.platform.charts.frame import figure
from broadsheet.platform.charts.scale import Scale, in_full, in_words
from broadsheet.platform.charts.series import Series, Words, colour, known

HEIGHT = 200
TOP = 8
"""Above the highest line, for half of the number that stands beside it."""
FOOT = 24
"""Below the drawing, for the labels."""
BAR = 0.72
"""The part of its place that a bar takes."""
NARROWEST = 300
"""Pixels that the labels must fit into: the drawing on a phone."""
LETTER = 7.5
"""Pixels of a letter of a label, on average."""
POINTED = 40
"""So many values at most have a point each on their line."""


def bars(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    description: str = "",
    words: Words = in_words,
) -> SafeString:
    """A bar for each label; several series stand on one another, what is negative hangs below zero.

    Nothing where there are no labels.
    """
    if not labels:
        return SafeString()
    sums = [
        sum(value for one in series if (value := one.values[place] or 0) * sign > 0)
        for place in range(len(labels))
        for sign in (1, -1)
    ]
    scale = Scale.of(sums)
    wide = 100 / len(labels)
    shapes = []
    for place in range(len(labels)):
        ends = {True: 0.0, False: 0.0}
        for number, one in enumerate(series):
            value = one.values[place] or 0
            if not value:
                continue
            start = ends[value > 0]
            end = ends[value > 0] = start + value
            top, bottom = sorted((_height(scale, start), _height(scale, end)))
            shapes.append(
                format_html(
                    '<rect class="{}" x="{}%" y="{}" width="{}%" height="{}"/>',
                    colour(number),
                    _number(place * wide + wide * (1 - BAR) / 2),
                    _number(top),
                    _number(wide * BAR),
                    _number(max(bottom - top, 1)),
                )
            )
    return _plot(title, description, labels, series, scale, words, shapes)


def lines(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    description: str = "",
    scale: Scale | None = None,
    words: Words = in_words,
    figures: Words = in_full,
) -> SafeString:
    """A line for each series, with a gap where a value is None. Nothing where there are no labels.

    Without a `scale` that others share, its axis begins at zero.
    """
    if not labels:
        return SafeString()
    scale = scale or Scale.of(known(series))
    shapes = []
    for number, one in enumerate(series):
        runs = _runs(one.values)
        paths = [
            "M"
            + "L".join(
                f"{_number(_middle(at, labels) * 10)} {_number(_height(scale, value))}" for at, value in run
            )
            for run in runs
            if len(run) > 1
        ]
        if paths:
            # Stretched to the width of the place; the stroke keeps its own.
            shapes.append(
                format_html(
                    '<svg width="100%" height="{0}" viewBox="0 0 1000 {0}" preserveAspectRatio="none">'
                    '<path class="{1}" d="{2}" vector-effect="non-scaling-stroke"/></svg>',
                    HEIGHT + TOP,
                    f"plot-line {colour(number)}",
                    "".join(paths),
                )
            )
        shapes += [
            format_html(
                '<circle class="{}" cx="{}%" cy="{}" r="3"/>',
                colour(number),
                _number(_middle(at, labels)),
                _number(_height(scale, value)),
            )
            for run in runs
            for at, value in run
            if len(run) == 1 or len(labels) <= POINTED
        ]
    return _plot(title, description, labels, series, scale, words, shapes, figures)


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """The stretches without a gap, as (place, value)."""
    runs: list[list[tuple[int, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((place, value))
    return [run for run in runs if run]


def _plot(
    title: str,
    description: str,
    labels: Sequence[str],
    series: Sequence[Series],
    scale: Scale,
    words: Words,
    shapes: Sequence[SafeString],
    figures: Words = in_full,
) -> SafeString:
    grid = format_html_join(
        "",
        '<line class="{}" x1="0" x2="100%" y1="{}" y2="{}"/>'
        '<text class="plot-tick" x="-8" y="{}" dy="0.35em" text-anchor="end">{}</text>',
        (
            (
                "plot-rule" if tick else "plot-rule plot-zero",
                height := _number(_height(scale, tick)),
                height,
                height,
                words(tick),
            )
            for tick in scale.ticks
        ),
    )
    step = _every(labels)
    below = format_html_join(
        "",
        '<text class="plot-tick" x="{}%" y="{}" text-anchor="{}">{}</text>',
        (
            (at, HEIGHT + TOP + FOOT - 6, anchor, labels[place])
            for place in range(0, len(labels), step)
            for at, anchor in (_label_at(place, labels),)
        ),
    )
    wide = 100 / len(labels)
    # A place as high as the drawing, so that the smallest bar can be pointed at.
    pointed = format_html_join(
        "",
        '<rect class="plot-place" x="{}%" y="0" width="{}%" height="{}" fill="none" pointer-events="all">'
        "<title>{}</title></rect>",
        (
            (_number(place * wide), _number(wide), HEIGHT + TOP, told(label, place, series, figures))
            for place, label in enumerate(labels)
        ),
    )
    return figure(
        title,
        description or summary(labels, series, figures),
        series,
        HEIGHT + TOP + FOOT,
        grid + format_html_join("", "{}", ((shape,) for shape in shapes)) + below + pointed,
    )


def summary(labels: Sequence[str], series: Sequence[Series], figures: Words = in_full) -> str:
    """What a chart says to whoever doesn't see it, where nobody wrote it a description."""
    said = [_("From %(first)s to %(last)s.") % {"first": labels[0], "last": labels[-1]}]
    for one in series:
        found = [(value, place) for place, value in enumerate(one.values) if value is not None]
        if not found:
            continue
        most, place = max(found, key=lambda pair: pair[0])
        said.append(
            _("%(name)s: at most %(most)s (%(label)s), at least %(least)s.")
            % {
                "name": one.name,
                "most": figures(most),
                "label": labels[place],
                "least": figures(min(found)[0]),
            }
        )
    return " ".join(said)


def told(label: str, place: int, series: Sequence[Series], figures: Words) -> str:
    """“9 March: 12”, or each series by its name."""
    values = [(one.name, figures(value)) for one in series if (value := one.values[place]) is not None]
    if len(series) == 1:
        return f"{label}: {values[0][1] if values else '–'}"
    return f"{label}: " + ", ".join(f"{name} {value}" for name, value in values)


def _every(labels: Sequence[str]) -> int:
    """How many labels on is the next that is written, so that none touches another."""
    longest = max(len(label) for label in labels) * LETTER
    place = NARROWEST / len(labels)
    room = longest + 14
    if longest > place:
        # The outermost ones stand at the edges, nearer to their neighbours.
        room += (longest - place) / 2
    return ceil(room / place)


def _middle(place: int, labels: Sequence[str]) -> float:
    return (place + 0.5) * 100 / len(labels)


def _label_at(place: int, labels: Sequence[str]) -> tuple[str, str]:
    """Where a label stands, in per cent, and by which part of it. None leaves the drawing of a phone."""
    half = len(labels[place]) * LETTER / 2
    middle = _middle(place, labels)
    if middle * NARROWEST / 100 < half:
        return "0", "start"
    if (100 - middle) * NARROWEST / 100 < half:
        return "100", "end"
    return _number(middle), "middle"


def _height(scale: Scale, value: float) -> float:
    """Pixels from the top of the drawing."""
    return TOP + HEIGHT * (1 - scale.share(value))


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
