"""Counts what `ACCOUNT_RATE_LIMITS` limits. What allauth's own pages limit, allauth counts, in the cache."""

from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest
from limits import RateLimitItemPerSecond

from broadsheet.people.allauth_internals import get_ip, parse_rates
from broadsheet.platform.limiting import InTable, Limiter

limiter = Limiter(InTable())


def consume(request: HttpRequest, *, action: str, key: str | None = None) -> bool:
    """Counts one more of `action`; False where one of its rates is reached.

    `key` is what rates count by that say so; others count by the visitor's address, or by the reader.
    """
    return all(limiter.hit(rate, action, whose) for rate, whose in _rates(request, action, key))


def has_left(request: HttpRequest, *, action: str, key: str | None = None) -> bool:
    """Whether `consume` would say yes now. Counts nothing."""
    return all(limiter.has_left(rate, action, whose) for rate, whose in _rates(request, action, key))


def _rates(
    request: HttpRequest, action: str, key: str | None
) -> Iterator[tuple[RateLimitItemPerSecond, str]]:
    for rate in parse_rates(settings.ACCOUNT_RATE_LIMITS[action]):
        yield RateLimitItemPerSecond(rate.amount, int(rate.duration)), _whose(request, rate.per, key)


def _whose(request: HttpRequest, per: str, key: str | None) -> str:
    match per:
        case "ip":
            return str(get_ip(request))
        case "user" if request.user.is_authenticated:
            return str(request.user.pk)
        case "key" if key is not None:
            return key
    raise ValueError(f"nothing to count by {per}")
