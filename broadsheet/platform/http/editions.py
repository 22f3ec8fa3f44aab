"""Editions in addresses: the default one at ``/``, each other one under its prefix (``/uk/``)."""

from django.conf import settings
from django.urls import LocalePrefixPattern, URLPattern, URLResolver
from django.utils import translation


def edition_of_path(path: str) -> str:
    """The language tag of the edition that `path` belongs to."""
    first = path.lstrip("/").partition("/")[0]
    for tag, prefix in settings.EDITIONS.items():
        if prefix and prefix == first:
            return str(tag)
    return str(settings.LANGUAGE_CODE)


def language_tag(code: str) -> str:
    """``en-gb`` as HTML, feeds and Open Graph want it: ``en-GB``."""
    language, _, region = code.partition("-")
    return f"{language}-{region.upper()}" if region else language


class EditionPrefixPattern(LocalePrefixPattern):
    @property
    def language_prefix(self) -> str:
        prefix = settings.EDITIONS.get(translation.get_language() or settings.LANGUAGE_CODE, "")
        return f"{prefix}/" if prefix else ""


def front_path() -> str:
    """That of the present edition: ``/``, or ``/uk/``."""
    return f"/{EditionPrefixPattern().language_prefix}"


def edition_patterns(*patterns: URLPattern | URLResolver) -> list[URLResolver]:
    """`patterns` once for each edition, under its prefix; for the root URLconf only."""
    return [URLResolver(EditionPrefixPattern(), list(patterns))]
