from django.http import HttpRequest

from broadsheet.people import ratelimit
from broadsheet.people.limits import subnet_of


def may_write_to_us(request: HttpRequest) -> bool:
    """Counts one letter to the publication; False where a limit is reached."""
    return _may(request, "contact")


def may_look_for_subscription(request: HttpRequest) -> bool:
    """Counts one search; False where a limit is reached. Who asks counts, never whom they ask about."""
    return _may(request, "find")


def _may(request: HttpRequest, action: str) -> bool:
    return ratelimit.consume(request, action=f"{action}_by_address") and ratelimit.consume(
        request, action=f"{action}_by_network", key=subnet_of(request)
    )
