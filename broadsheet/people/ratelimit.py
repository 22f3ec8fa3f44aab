"""Counts what `ACCOUNT_RATE_LIMITS` limits. What allauth's own pages limit, allauth counts, in the cache."""

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
    return all(
        limiter.hit(
            RateLimitItemPerSecond(rate.amount, int(rate.duration)), action, _whose(request, rate.per, key)
        )
        for rate in parse_rates(settings.ACCOUNT_RATE_LIMITS[action])
    )


def _whose(request: HttpRequest, per: str, key: str | None) -> str:
    match per:
        case "ip":
            return str(get_ip(request))
        case "user" if request.user.is_authenticated:
            return str(request.user.pk)
        case "key" if key is not None:
            return key
    raise ValueError(f"nothing to count by {per}")
