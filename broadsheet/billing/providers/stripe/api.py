"""The line to Stripe: one client for each key, and its errors as ours."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings

if TYPE_CHECKING:
    import stripe  # else only who asks Stripe waits for it: it takes a fiftieth of the whole start

logger = logging.getLogger(__name__)

SECONDS_TO_CONNECT, SECONDS_TO_ANSWER = 3.0, 10.0


class Unreachable(Exception):
    """Stripe did not answer, or not in a way that says what it did. It can be asked again."""


class Refusal(Exception):
    """Stripe will not do what it was asked, and says why. `code` and `param` are its own words."""

    def __init__(self, code: str, param: str = "") -> None:
        super().__init__(f"{code} {param}".strip())
        self.code, self.param = code, param

    @property
    def is_missing(self) -> bool:
        return self.code == "resource_missing"


def api() -> Any:
    """The present key’s services: ``api().payment_intents.create(…)``.

    It never tries again by itself: whoever calls knows what must be asked first.
    """
    return _client(settings.STRIPE_KEY, settings.STRIPE_API).v1


@cache
def _client(key: str, base: str) -> "stripe.StripeClient":
    import stripe

    # It would tell Stripe how long our last request took.
    stripe.enable_telemetry = False
    return stripe.StripeClient(
        key,
        base_addresses={"api": base},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=(SECONDS_TO_CONNECT, SECONDS_TO_ANSWER)),
    )


@contextmanager
def asking() -> Iterator[None]:
    """Raises Unreachable and Refusal for what goes wrong; a card’s decline is left as it is.

    Without a key nothing is asked: there may be rows of a time in which there was one.
    """
    if not settings.STRIPE_KEY:
        raise Unreachable
    import stripe

    try:
        yield
    except stripe.CardError:
        raise
    except (stripe.InvalidRequestError, stripe.IdempotencyError) as error:
        logger.warning("Stripe refuses: %s %s (%s)", error.code, _param(error), error.request_id)
        raise Refusal(error.code or "invalid_request", _param(error)) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        # Not its message: that has a part of the key.
        logger.error("Stripe does not accept STRIPE_KEY (%s, %s)", type(error).__name__, error.request_id)
        raise Unreachable from error
    except stripe.StripeError as error:
        logger.warning("Stripe can’t be reached: %s (%s)", type(error).__name__, error.request_id)
        raise Unreachable from error


def _param(error: "stripe.StripeError") -> str:
    return getattr(error, "param", "") or ""


def is_live() -> bool:
    """Whether the key moves real money: ``sk_live_…``, and ``rk_live_…`` for one with fewer rights."""
    return settings.STRIPE_KEY.startswith(("sk_live_", "rk_live_"))


def tag() -> str:
    """What tells this magazine’s objects from those of whatever else uses the same account."""
    return str(urlsplit(settings.PUBLIC_URL).netloc)


def marked(**more: str) -> dict[str, str]:
    """The metadata of an object that is ours."""
    return {"broadsheet": tag(), **more}


def is_ours(found: Any) -> bool:
    return bool(meta(found, "broadsheet") == tag())


def meta(found: Any, name: str) -> str:
    metadata = getattr(found, "metadata", None)
    return str(metadata[name]) if metadata and name in metadata else ""


def id_of(value: Any) -> str:
    """Of an object that is there in full, or by its id alone, or not at all."""
    if not value:
        return ""
    return value if isinstance(value, str) else str(value.id)


def address_of(reference: str) -> str:
    """A page of Stripe’s dashboard; empty where no key says which."""
    if not settings.STRIPE_KEY:
        return ""
    kinds = {"pi": "payments", "ch": "payments", "py": "payments", "cus": "customers", "sub": "subscriptions"}
    kinds |= {"dp": "disputes", "du": "disputes", "re": "refunds"}
    kind = kinds.get(reference.partition("_")[0])
    if kind is None:
        return ""
    mode = "" if is_live() else "test/"
    return f"https://dashboard.stripe.com/{mode}{kind}/{reference.partition('-')[0]}"
