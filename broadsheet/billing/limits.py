"""How often orders and withdrawals may be sent, and codes of gifts tried. The rates stand in `rates`."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from broadsheet.people import ratelimit
from broadsheet.people.limits import subnet_of

TOO_MANY_ORDERS = _("That is more than we do at once. Nothing was done. Please wait an hour and try again.")


def may_order(request: HttpRequest) -> bool:
    """Counts one order, or one change of a subscription, by this reader; False where a limit is reached."""
    return ratelimit.consume(request, action="order_by_reader")


def may_try_gift_code(request: HttpRequest) -> bool:
    """Counts one code of a gift that is looked up; False where a limit is reached."""
    return ratelimit.consume(request, action="gift_code_by_address") and ratelimit.consume(
        request, action="gift_code_by_network", key=subnet_of(request)
    )


def may_withdraw(request: HttpRequest, email: str) -> bool:
    """Counts one withdrawal, which is confirmed to `email`; False where a limit is reached."""
    return (
        ratelimit.consume(request, action="withdraw_by_address")
        and ratelimit.consume(request, action="withdraw_by_network", key=subnet_of(request))
        and ratelimit.consume(request, action="withdraw_by_mailbox", key=email)
    )
