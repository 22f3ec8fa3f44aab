from typing import Any

from django import template
from django.utils.formats import number_format

from broadsheet.editorial.models import Article, Narration

register = template.Library()

RATES = ("0.8", "1", "1.2", "1.5", "2")


@register.inclusion_tag("site/listening/player.html")
def player(narration: Narration, article: Article) -> dict[str, Any]:
    return {
        "address": narration.address_for(article),
        "minutes": narration.minutes,
        "read_by": narration.read_by,
        "rates": [(rate, f"{number_format(rate)}×") for rate in RATES],
        # For a script: never in the edition's own notation.
        "places": [(f"{seconds:.2f}", words) for seconds, words in narration.places],
    }
