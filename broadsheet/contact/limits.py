from django.http import HttpRequest

from broadsheet.people import ratelimit
from broadsheet.people.limits import subnet_of


def may_write_to_us(request: HttpRequest) -> bool:
    """Counts one letter to the publication; False where a limit is reached."""
    return ratelimit.consume(request, action="contact_by_address") and ratelimit.consume(
        request, action="contact_by_network", key=subnet_of(request)
    )
