"""Where a headline would end in a line of one short word."""

from collections.abc import Iterator
from textwrap import wrap

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from broadsheet.weekly.laid_out import LaidOut
from broadsheet.weekly.preflight.finding import Finding, Place, Spot, warning

MEASURES = (22, 34)
"""Characters a line: on the phone's page, and over two columns of the printed one. Fonts differ, so that a
character more or less says little."""
SHORTEST = 6
"""Characters of a last line that looks like one."""


def widow(headline: str, measure: int) -> str:
    """The word that stands alone on the last line at that measure; empty where none does."""
    lines = wrap(headline, measure, break_long_words=False, break_on_hyphens=False)
    alone = len(lines) > 1 and len(lines[-1].split()) == 1 and len(lines[-1]) < SHORTEST
    return lines[-1] if alone else ""


def check_headlines(laid: LaidOut) -> Iterator[Finding]:
    for one in laid.items:
        for measure in MEASURES:
            if word := widow(one.headline, measure):
                said = _(
                    "At %(measure)d characters a line, the last line of its headline is “%(word)s” alone."
                )
                yield warning(
                    gettext_lazy("Headlines"),
                    said % {"measure": measure, "word": word},
                    Place(Spot.ARTICLE, one.item.article_id, one.headline),
                )
                break
