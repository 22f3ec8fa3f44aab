from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.stripe_double import StripeDouble
from tests.stripe_double.double import KEY, SECRET


@pytest.fixture
def double(settings: Settings) -> Iterator[StripeDouble]:
    """Stripe is switched on, and the double stands in for it."""
    double = StripeDouble()
    settings.STRIPE_KEY, settings.STRIPE_WEBHOOK_SECRETS = KEY, [SECRET]
    settings.STRIPE_API = double.address
    yield double
    double.close()
