from dataclasses import dataclass
from datetime import datetime

from django import template
from django.template import Context

from broadsheet.edge.visitors import reader_of
from broadsheet.meter.terms import current_allowance, current_period

register = template.Library()


@dataclass(frozen=True, slots=True)
class Standing:
    """What the wall's sentences name besides the verdict."""

    is_reader: bool
    readers_allowance: int
    counts_from: datetime
    counts_anew: datetime


@register.simple_tag(takes_context=True)
def standing(context: Context) -> Standing:
    request = context["request"]
    period = current_period(request)
    return Standing(
        is_reader=reader_of(request) is not None,
        readers_allowance=current_allowance(request).readers,
        counts_from=period.starts_at,
        counts_anew=period.ends_at,
    )
