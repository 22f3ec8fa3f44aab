"""How often something may be done: by address, by network, by mailbox. Rooms above name limits of their own.

The rates themselves stand in `rates`.
"""

from ipaddress import ip_address, ip_network

from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from broadsheet.people import ratelimit

TOO_MANY_LETTERS = _(
    "We have sent too many messages in a short time. Please wait a few minutes and try again."
)
NEWEST_COUNTS = _(
    "We have sent several messages to this address already. Open the link in the newest one within 15"
    " minutes, or wait a few minutes and try again."
)
TOO_MANY_GUESSES = _("Too many codes have been tried. Please wait a few minutes and try again.")


def may_ask_for_mail(request: HttpRequest) -> bool:
    """Counts one message that this visitor wants sent; False where a limit of theirs is reached."""
    return ratelimit.consume(request, action="code_by_address") and ratelimit.consume(
        request, action="code_by_network", key=subnet_of(request)
    )


def may_send_to(request: HttpRequest, purpose: str, email: str) -> bool:
    """Counts one message of its kind to `email`, whoever asks; False where a limit is reached.

    By kind, since anybody can ask to sign in: that must not keep its owner from confirming a change.
    """
    return ratelimit.consume(request, action="code_by_mailbox", key=f"{purpose} {email}")


def may_guess(request: HttpRequest) -> bool:
    """Counts one guess of a code; False where a limit is reached.

    There is none for a mailbox, which strangers could use up: each code has few tries, and few are sent.
    """
    return ratelimit.consume(request, action="guess_by_address")


def subnet_of(request: HttpRequest) -> str:
    """The IPv4 /24 or IPv6 /48 of the visitor, which these limits count as one."""
    address = ip_address(get_adapter().get_client_ip(request))
    return str(ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))
