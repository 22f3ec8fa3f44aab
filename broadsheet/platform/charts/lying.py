"""Charts whose axis lies below them: each row has its name, and under it its bars or dots."""

from collections.abc import Callable, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from broadsheet.platform.charts.frame import figure
from broadsheet.platform.charts.over_time import summary, told
from broadsheet.platform.charts.scale import Scale, in_full, in_words
from broadsheet.platform.charts.series import Series, Words, colour, known

NAME = 19
"""Pixels from the top of a row to what is drawn in it."""
BAR = 12
GAP = 14
"""Between the rows."""
FOOT = 22
LONGEST = 44
"""Letters of a name that fit on a phone. All of it is told where the row is pointed at."""
WIDTH = 86
"""Per cent of the place that the longest bar takes. Its value stands beside it."""

type Row = Callable[[int, int], SafeString]


def grouped(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    description: str = "",
    words: Words = in_words,
    figures: Words = in_full,
) -> SafeString:
    """For each label a bar of each series, one below another. Nothing where there are no labels."""
    scale = Scale.of(known(series))

    def row(place: int, top: int) -> SafeString:
        return format_html_join(
            "",
            '<rect class="{}" x="{}%" y="{}" width="{}%" height="{}"/>'
            '<text class="plot-value" x="{}%" y="{}" dx="5" dy="0.36em">{}</text>',
            (
                (
                    colour(number),
                    _at(scale, min(value or 0, 0)),
                    y := top + number * BAR,
                    f"{abs(_share(scale, value or 0) - _share(scale, 0)):.2f}",
                    BAR - 2,
                    # The value of what hangs left of zero stands right of zero, where there is room.
                    _at(scale, max(value or 0, 0)),
                    y + BAR / 2 - 1,
                    "–" if value is None else figures(value),
                )
                for number, one in enumerate(series)
                for value in (one.values[place],)
            ),
        )

    return _drawn(title, labels, series, scale, row, len(series) * BAR, description, words, figures)


def dots(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    description: str = "",
    scale: Scale | None = None,
    words: Words = in_words,
    figures: Words = in_full,
) -> SafeString:
    """For each label a dot of each series on one line. Nothing where there are no labels."""
    scale = scale or Scale.of(known(series))

    def row(place: int, top: int) -> SafeString:
        track = format_html(
            '<line class="plot-rule" x1="0" x2="{}%" y1="{}" y2="{}"/>', WIDTH, top + BAR / 2, top + BAR / 2
        )
        found = [(number, one.values[place]) for number, one in enumerate(series)]
        marks = format_html_join(
            "",
            '<circle class="{}" cx="{}%" cy="{}" r="5.5"/>',
            (
                (colour(number), _at(scale, value), top + BAR / 2)
                for number, value in found
                if value is not None
            ),
        )
        values = " · ".join("–" if value is None else figures(value) for _number, value in found)
        return (
            track
            + marks
            + format_html(
                '<text class="plot-value" x="100%" y="{}" text-anchor="end">{}</text>',
                top - NAME + 14,
                values,
            )
        )

    return _drawn(title, labels, series, scale, row, BAR, description, words, figures)


def _share(scale: Scale, value: float) -> float:
    return WIDTH * scale.share(value)


def _at(scale: Scale, value: float) -> str:
    return f"{_share(scale, value):.2f}"


def _drawn(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    scale: Scale,
    row: Row,
    drawn: int,
    description: str,
    words: Words,
    figures: Words,
) -> SafeString:
    if not labels:
        return SafeString()
    step = NAME + drawn + GAP
    height = len(labels) * step
    names = format_html_join(
        "",
        '<text class="plot-name" x="0" y="{}">{}</text>',
        (
            (place * step + 13, name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…")
            for place, name in enumerate(labels)
        ),
    )
    rows = format_html_join("", "{}", ((row(place, place * step + NAME),) for place in range(len(labels))))
    pointed = format_html_join(
        "",
        '<rect class="plot-place" x="0" y="{}" width="100%" height="{}" fill="none" pointer-events="all">'
        "<title>{}</title></rect>",
        ((place * step, step, told(label, place, series, figures)) for place, label in enumerate(labels)),
    )
    ticks = scale.ticks[:: 2 if len(scale.ticks) > 4 else 1]
    grid = format_html_join(
        "",
        '<line class="{}" x1="{}%" x2="{}%" y1="0" y2="{}" stroke-dasharray="{} {}" stroke-dashoffset="{}"/>'
        '<text class="plot-tick" x="{}%" y="{}" text-anchor="{}">{}</text>',
        (
            (
                "plot-rule" if tick else "plot-rule plot-zero",
                at := _at(scale, tick),
                at,
                height,
                # Beside the bars, not through the names.
                drawn + 6,
                step - drawn - 6,
                3 - NAME,
                at,
                height + FOOT - 8,
                "start" if scale.share(tick) < 0.02 else "middle",
                words(tick),
            )
            for tick in ticks
        ),
    )
    return figure(
        title,
        description or summary(labels, series, figures),
        series,
        height + FOOT,
        grid + names + rows + pointed,
        kind="plot plot-ranked",
    )
