"""What an address may begin with, by the URLconf: no page of the editors' tree can have such a slug."""

import re
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.urls import LocalePrefixPattern, URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern

from broadsheet.platform.http import health

# A regular expression that begins with a whole segment.
LITERAL = re.compile(r"\^?([\w-]+)(?:/|\$|\\Z)")


def first_segments() -> frozenset[str]:
    """The first segments of all addresses that are not pages' own, without the prefix of an edition.

    The prefixes of the editions are among them.
    """
    prefixes = {prefix for prefix in settings.EDITIONS.values() if prefix}
    # Not in the URLconf: the web server answers for them.
    static = settings.STATIC_URL.strip("/").partition("/")[0]
    return frozenset({*_segments_of(get_resolver().url_patterns), *prefixes, *health.SEGMENTS, static})


def _segments_of(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        segment = _segment_of(pattern)
        if segment:
            yield segment
        elif isinstance(pattern, URLResolver):
            yield from _segments_of(pattern.url_patterns)


def _segment_of(pattern: URLPattern | URLResolver) -> str:
    """Empty where the pattern's beginning is open, or that of what it includes."""
    if isinstance(pattern.pattern, LocalePrefixPattern):
        return ""
    route = str(pattern.pattern)
    if isinstance(pattern.pattern, RegexPattern):
        literal = LITERAL.match(route)
        return literal[1] if literal else ""
    segment = route.partition("/")[0]
    return "" if "<" in segment else segment
