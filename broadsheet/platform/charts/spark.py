"""A row of bars as small as a word, for a cell of a table in which its sum stands as text."""

from collections.abc import Sequence
from math import ceil

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from broadsheet.platform.charts.scale import in_full
from broadsheet.platform.charts.series import COLOURS

HEIGHT = 24
STEP = 5


def spark(numbers: Sequence[tuple[str, float]]) -> SafeString:
    """From (label, number), none of them negative, the oldest first; the tallest bar is as high as the row.

    Each bar names its number to whoever points at it; to a screen reader there is nothing here.
    """
    most = max((number for _label, number in numbers), default=0) or 1
    width = len(numbers) * STEP
    rows = []
    for place, (label, number) in enumerate(numbers):
        height = ceil(number * (HEIGHT - 1) / most)
        rows.append(
            (COLOURS[0], place * STEP, HEIGHT - height, STEP - 1, height, f"{label}: {in_full(number)}")
        )
    return format_html(
        '<svg class="plot-spark" width="{0}" height="{1}" viewBox="0 0 {0} {1}" aria-hidden="true">{2}'
        '<path class="plot-rule" d="M0 {1}H{0}"/></svg>',
        width,
        HEIGHT,
        format_html_join(
            "", '<rect class="{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>', rows
        ),
    )
