"""How often mail may be asked for, codes guessed and letters written: by address, by network, by mailbox.

The rates themselves stand in the settings (ACCOUNT_RATE_LIMITS), beside those of allauth's own pages.
"""

from ipaddress import ip_address, ip_network

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from allauth.core.internal.ratelimit import consume
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

TOO_MANY_LETTERS = _("That is more mail than we send at once. Please wait some minutes and try again.")
TOO_MANY_ORDERS = _("That is more than we do at once. Nothing was done. Please wait an hour and try again.")
TOO_MANY_GUESSES = _("That is more codes than may be tried. Please wait some minutes and try again.")


def may_send_to(request: HttpRequest, email: str) -> bool:
    """Counts one message that this visitor wants sent to `email`; False where a limit is reached."""
    return bool(
        ratelimit.consume(request, action="code_by_address")
        and ratelimit.consume(request, action="code_by_network", key=_network_of(request))
        and ratelimit.consume(request, action="code_by_mailbox", key=email)
    )


def may_guess_for(request: HttpRequest, email: str) -> bool:
    """Counts one guess of a code that was sent to `email`; False where a limit is reached."""
    return bool(
        ratelimit.consume(request, action="guess_by_address")
        and ratelimit.consume(request, action="guess_by_mailbox", key=email)
    )


def may_write_to_us(request: HttpRequest) -> bool:
    """Counts one letter to the publication; False where a limit is reached."""
    return bool(
        ratelimit.consume(request, action="contact_by_address")
        and ratelimit.consume(request, action="contact_by_network", key=_network_of(request))
    )


def may_try_gift_code(request: HttpRequest) -> bool:
    """Counts one code of a gift that is looked up; False where a limit is reached."""
    # Links look codes up too; the public function of allauth’s counts no GET.
    by = ({"action": "gift_code_by_address"}, {"action": "gift_code_by_network", "key": _network_of(request)})
    return all(consume(request, app="allauth.account", limit_get=True, **limit) for limit in by)


def may_order(request: HttpRequest) -> bool:
    """Counts one order, or one change of a subscription, by this reader; False where a limit is reached."""
    return bool(ratelimit.consume(request, action="order_by_reader"))


def may_withdraw(request: HttpRequest, email: str) -> bool:
    """Counts one withdrawal, which is confirmed to `email`; False where a limit is reached."""
    return bool(
        ratelimit.consume(request, action="withdraw_by_address")
        and ratelimit.consume(request, action="withdraw_by_network", key=_network_of(request))
        and ratelimit.consume(request, action="withdraw_by_mailbox", key=email)
    )


def _network_of(request: HttpRequest) -> str:
    address = ip_address(get_adapter().get_client_ip(request))
    return str(ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))
