"""What the front decides by, as one JSON document: it imports neither Django nor settings."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F, Q, Value
from django.db.models.functions import StrIndex, Substr
from django.urls import LocalePrefixPattern, URLPattern, URLResolver, get_resolver
from wagtail.contrib.redirects.models import Redirect

from broadsheet.crawlers.known import KNOWN
from broadsheet.editorial.models import Publication
from broadsheet.membership.models import InstitutionNetwork
from broadsheet.paywall.experiments.models import Experiment
from broadsheet.paywall.models import Meter
from broadsheet.platform import clock
from broadsheet.platform.http.signed_cookies import signing_keys

NEVER, KEPT, PAGED = "never", "kept", "paged"


def rules() -> dict[str, Any]:
    """It holds the keys that sign cookies and the way to the database: for the front's own socket alone."""
    publication, meter = Publication.load(), Meter.load()
    return {
        "public_url": settings.PUBLIC_URL,
        "https": settings.HTTPS,
        "hosts": settings.ALLOWED_HOSTS,
        "keys": list(signing_keys()),
        "session_cookie": settings.SESSION_COOKIE_NAME,
        "trusted_proxies": [str(network) for network in settings.TRUSTED_PROXIES],
        "editions": settings.EDITIONS,
        "routes": list(routes()),
        "old_queries": _old_queries(),
        "zone": publication.zone.key,
        "span": meter.span,
        "days": meter.days,
        "allowances": {
            tag: [allowance.strangers, allowance.readers]
            for tag in settings.EDITIONS
            for allowance in [meter.allowance_in(tag)]
        },
        "institutions": _networks(),
        "crawlers": [token for crawler in KNOWN.values() for token in crawler.tokens],
        "experiments": Experiment.objects.running(clock.now()).exists(),
        "spool": str(settings.SPOOL or ""),
        "front_megabytes": settings.FRONT_MEGABYTES,
        "database": _database(),
    }


def _old_queries() -> list[str]:
    """Names in queries behind which a front once had another page: `p` of /?p=123, which leads on."""
    is_of_a_front = Q()
    for prefix in settings.EDITIONS.values():
        is_of_a_front |= Q(old_path__startswith=f"/{prefix}?")
    mark = StrIndex("old_path", Value("?"))
    names = (
        Redirect.objects.filter(is_of_a_front, old_path__contains="=")
        .annotate(mark=mark, equals=StrIndex("old_path", Value("=")))
        .annotate(name=Substr("old_path", F("mark") + 1, F("equals") - F("mark") - 1))
    )
    return list(names.order_by("name").values_list("name", flat=True).distinct())


def _networks() -> list[str]:
    """Of all contracts, whether they run or not: who is in a network of one goes to Django, which knows."""
    return list(InstitutionNetwork.objects.values_list("cidr", flat=True).distinct())


def _database() -> dict[str, Any]:
    known = connection.get_connection_params()
    if connection.vendor == "sqlite":
        return {"vendor": "sqlite", "file": str(settings.DATABASES["default"]["NAME"])}
    words = {"dbname", "user", "password", "host", "port", "sslmode", "service", "sslrootcert"}
    return {"vendor": "postgresql", "options": {name: str(known[name]) for name in words & known.keys()}}


def routes() -> Iterator[tuple[str, bool, str]]:
    """(regular expression, whether it stands behind an edition's prefix, what the front does), in order."""
    yield (f"^{re.escape(settings.STATIC_URL.lstrip('/'))}", False, NEVER)
    yield from _routes(get_resolver().url_patterns, "^", is_in_edition=False)


def _routes(
    patterns: Iterable[URLPattern | URLResolver], before: str, *, is_in_edition: bool
) -> Iterator[tuple[str, bool, str]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            within = is_in_edition or isinstance(pattern.pattern, LocalePrefixPattern)
            prefix = (
                before if isinstance(pattern.pattern, LocalePrefixPattern) else before + _written(pattern)
            )
            if _keeps(pattern):
                yield from _routes(pattern.url_patterns, prefix, is_in_edition=within)
            elif prefix != "^":
                yield (prefix, within, NEVER)
            else:
                for inner in pattern.url_patterns:
                    yield from _routes([inner], prefix, is_in_edition=within)
        else:
            yield (before + _written(pattern), is_in_edition, _treatment(pattern))


def _written(pattern: URLPattern | URLResolver) -> str:
    return pattern.pattern.regex.pattern.removeprefix("^")


def _treatment(pattern: URLPattern) -> str:
    if not getattr(pattern.callback, "is_kept", False):
        return NEVER
    return PAGED if getattr(pattern.callback, "is_paged", False) else KEPT


def _keeps(resolver: URLResolver) -> bool:
    """Whether anything in it is kept."""
    return any(
        _keeps(inner) if isinstance(inner, URLResolver) else _treatment(inner) != NEVER
        for inner in resolver.url_patterns
    )
