"""A message in each form that its language has for numbers, for scripts, which count by themselves."""

import json
from collections.abc import Callable
from functools import cache

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language

# Among them is a number for every category of every language of the CLDR.
NUMBERS = (*range(200), 1_000, 1_000_000)


def plural_forms(message: Callable[[int], str]) -> str:
    """JSON of a category of ``Intl.PluralRules`` → `message` for a number of it.

    Numbers stand in it as placeholders, which the script fills in.
    """
    samples = _samples(get_language() or settings.LANGUAGE_CODE)
    return json.dumps({category: message(number) for category, number in samples.items()}, ensure_ascii=False)


@cache
def _samples(language: str) -> dict[str, int]:
    """Category → a number of it."""
    category = Locale.parse(language, sep="-").plural_form
    return {category(number): number for number in reversed(NUMBERS)}
