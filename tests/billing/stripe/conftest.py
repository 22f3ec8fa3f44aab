from collections.abc import Iterator
from typing import Any

import pytest
import stripe
from django.db import connection
from pytest_django import Settings

from tests.stripe_double import StripeDouble
from tests.stripe_double.double import KEY, SECRET


@pytest.fixture
def double(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[StripeDouble]:
    """Stripe is switched on, and the double stands in for it. Nothing may be asked within a transaction."""
    double = StripeDouble()
    request = stripe.RequestsClient.request

    def watched(client: Any, method: str, url: str, *more: Any) -> Any:
        # The first is the test's own, which it undoes in the end.
        assert len(connection.atomic_blocks) <= 1 + double.undone, f"{method} {url} within a transaction"
        return request(client, method, url, *more)

    monkeypatch.setattr(stripe.RequestsClient, "request", watched)
    settings.STRIPE_KEY, settings.STRIPE_WEBHOOK_SECRETS = KEY, [SECRET]
    settings.STRIPE_API = double.address
    yield double
    double.close()
