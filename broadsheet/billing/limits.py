"""Limits for orders, withdrawals and guesses at the codes of gifts. The rates are in `rates.py`."""

from allauth.core import ratelimit
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from broadsheet.people.allauth_internals import consume
from broadsheet.people.limits import subnet_of

TOO_MANY_ORDERS = _("That is more than we do at once. Nothing was done. Please wait an hour and try again.")


def may_order(request: HttpRequest) -> bool:
    """Counts one order, or one change of a subscription, by this reader; False where a limit is reached."""
    return bool(ratelimit.consume(request, action="order_by_reader"))


def may_try_gift_code(request: HttpRequest) -> bool:
    """Counts one look-up of a gift’s code; False where a limit is reached."""
    # Links look codes up too, and allauth’s public function doesn’t count GET.
    by = ({"action": "gift_code_by_address"}, {"action": "gift_code_by_network", "key": subnet_of(request)})
    return all(consume(request, app="allauth.account", limit_get=True, **limit) for limit in by)


def may_withdraw(request: HttpRequest, email: str) -> bool:
    """Counts one withdrawal, which is confirmed to `email`; False where a limit is reached."""
    return bool(
        ratelimit.consume(request, action="withdraw_by_address")
        and ratelimit.consume(request, action="withdraw_by_network", key=subnet_of(request))
        and ratelimit.consume(request, action="withdraw_by_mailbox", key=email)
    )
