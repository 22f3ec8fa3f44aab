from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from broadsheet.platform.charts.series import Series, colour


def figure(
    title: str,
    description: str,
    series: Sequence[Series],
    height: int,
    drawing: SafeString,
    *,
    kind: str = "plot",
) -> SafeString:
    """The drawing with its name and its description, and a key where there is more than one series.

    It is one picture to a screen reader: the numbers stand in the table beside it.
    """
    return format_html(
        '<figure class="plot-figure"><svg class="{}" width="100%" height="{}" role="img">'
        "<title>{}</title><desc>{}</desc>{}</svg>{}</figure>",
        kind,
        height,
        title,
        description,
        drawing,
        _key(series) if len(series) > 1 else "",
    )


def _key(series: Sequence[Series]) -> SafeString:
    return format_html(
        '<ul class="plot-key" role="list">{}</ul>',
        format_html_join(
            "",
            '<li><svg width="12" height="12" aria-hidden="true">'
            '<rect class="{}" width="12" height="12"/></svg> {}</li>',
            ((colour(number), one.name) for number, one in enumerate(series)),
        ),
    )
