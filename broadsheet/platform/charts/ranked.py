"""Bars that lie, one below another, each with its name: for what has no order in time."""

from collections.abc import Sequence

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from broadsheet.platform.charts.frame import figure
from broadsheet.platform.charts.scale import Scale, in_full, in_words
from broadsheet.platform.charts.series import COLOURS, Words

ROW = 40
NAME = 19
BAR = 14
FOOT = 22
LONGEST = 40
"""Letters of a name that fit beside its value on a phone. All of it is told where its bar is pointed at."""


def ranked(
    title: str,
    rows: Sequence[tuple[str, float]],
    *,
    description: str = "",
    words: Words = in_words,
    figures: Words = in_full,
) -> SafeString:
    """From (name, value), in the order given. Nothing where there are no rows.

    `words` writes a value on the axis, `figures` beside its name.
    """
    if not rows:
        return SafeString()
    scale = Scale.of([value for _name, value in rows])
    height = len(rows) * ROW
    zero = 100 * scale.share(0)
    ticks = scale.ticks[:: 2 if len(scale.ticks) > 4 else 1]
    grid = format_html_join(
        "",
        '<line class="{}" x1="{}%" x2="{}%" y1="0" y2="{}" stroke-dasharray="{} {}" stroke-dashoffset="{}"/>'
        '<text class="plot-tick" x="{}%" y="{}" text-anchor="{}">{}</text>',
        (
            (
                "plot-rule" if tick else "plot-rule plot-zero",
                at := f"{100 * scale.share(tick):.2f}",
                at,
                height,
                # Beside the bars, not through the names.
                BAR + 6,
                ROW - BAR - 6,
                3 - NAME,
                at,
                height + FOOT - 6,
                _anchor(scale.share(tick)),
                words(tick),
            )
            for tick in ticks
        ),
    )
    drawn = format_html_join(
        "",
        '<text class="plot-name" x="0" y="{}">{}</text>'
        '<text class="plot-value" x="100%" y="{}" text-anchor="end">{}</text>'
        '<rect class="{}" x="{}%" y="{}" width="{}%" height="{}"><title>{}</title></rect>',
        (
            (
                place * ROW + 14,
                name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…",
                place * ROW + 14,
                figures(value),
                COLOURS[0] if value >= 0 else COLOURS[1],
                f"{100 * scale.share(min(value, 0)) if value < 0 else zero:.2f}",
                place * ROW + NAME,
                f"{abs(100 * scale.share(value) - zero):.2f}",
                BAR,
                f"{name}: {figures(value)}",
            )
            for place, (name, value) in enumerate(rows)
        ),
    )
    told = description or _("%(first)s is first with %(value)s.") % {
        "first": rows[0][0],
        "value": figures(rows[0][1]),
    }
    return figure(title, told, [], height + FOOT, grid + drawn, kind="plot plot-ranked")


def _anchor(share: float) -> str:
    """The numbers at the ends stay inside the drawing."""
    if share < 0.02:
        return "start"
    return "end" if share > 0.98 else "middle"
