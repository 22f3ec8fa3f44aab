"""Limits for orders, withdrawals, invitations and guesses at codes and numbers; see `rates.py`."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from broadsheet.people import ratelimit
from broadsheet.people.limits import subnet_of

TOO_MANY_ORDERS = _(
    "That was too many requests in a short time. Nothing was changed. Please try again in an hour."
)


def may_order(request: HttpRequest) -> bool:
    """Counts one order, or one change of a subscription, by this reader; False where a limit is reached."""
    return ratelimit.consume(request, action="order_by_reader")


def may_try_gift_code(request: HttpRequest) -> bool:
    """Counts one look-up of a gift’s code; False where a limit is reached."""
    return _may_try(request, "gift_code")


def may_try_offer_code(request: HttpRequest, *, is_right: bool) -> bool:
    """Counts one wrong code of an offer; False where a limit is reached, for right ones too.

    Right ones are not counted: page after page looks up the one that a link names.
    """
    return _may_try(request, "offer_code", is_counted=not is_right)


def may_withdraw(request: HttpRequest, email: str) -> bool:
    """Counts one withdrawal, which is confirmed to `email`; False where a limit is reached."""
    return (
        ratelimit.consume(request, action="withdraw_by_address")
        and ratelimit.consume(request, action="withdraw_by_network", key=subnet_of(request))
        and ratelimit.consume(request, action="withdraw_by_mailbox", key=email)
    )


def may_invite(request: HttpRequest, email: str) -> bool:
    """Counts one invitation to a group, by this reader and to `email`; False where a limit is reached."""
    return ratelimit.consume(request, action="invite_by_mailbox", key=email) and ratelimit.consume(
        request, action="invite_by_reader"
    )


def may_try_label(request: HttpRequest, number: str) -> bool:
    """Counts one try to link the number of a label; False where a limit is reached."""
    return (
        ratelimit.consume(request, action="paper_by_reader")
        and ratelimit.consume(request, action="paper_by_address")
        and ratelimit.consume(request, action="paper_by_number", key=number)
    )


def _may_try(request: HttpRequest, what: str, *, is_counted: bool = True) -> bool:
    ask = ratelimit.consume if is_counted else ratelimit.has_left
    return ask(request, action=f"{what}_by_address") and ask(
        request, action=f"{what}_by_network", key=subnet_of(request)
    )
