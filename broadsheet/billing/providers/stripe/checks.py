"""What `broadsheet check` finds wrong with the settings for Stripe."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.db import DatabaseError

from broadsheet.billing.providers.stripe.amounts import SUPPORTED

KEYS = ("sk_live_", "sk_test_", "rk_live_", "rk_test_")


def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    key = settings.STRIPE_KEY
    if not key:
        if settings.STRIPE_WEBHOOK_SECRETS:
            hint = "Set STRIPE_KEY as well, or neither: see docs/stripe.md."
            return [Warning("STRIPE_WEBHOOK_SECRET is set without STRIPE_KEY.", hint=hint, id="stripe.W001")]
        return []
    found: list[CheckMessage] = []
    if not key.startswith(KEYS):
        said = "STRIPE_KEY is no secret key: one begins with sk_ or rk_ and says live or test."
        found.append(Error(said, hint="A publishable key, pk_…, can charge nothing.", id="stripe.E001"))
    if not settings.STRIPE_WEBHOOK_SECRETS:
        said = "STRIPE_KEY is set without STRIPE_WEBHOOK_SECRET."
        hint = "Without it no event is believed, and what happens at Stripe is found hours later."
        found.append(Error(said, hint=hint, id="stripe.E002"))
    elif not all(secret.startswith("whsec_") for secret in settings.STRIPE_WEBHOOK_SECRETS):
        found.append(Error("STRIPE_WEBHOOK_SECRET begins with whsec_.", id="stripe.E003"))
    if "_live_" in key and not settings.PRODUCTION:
        said = "STRIPE_KEY moves real money, and this is not production."
        found.append(Error(said, hint="Take the key of Stripe’s test mode: sk_test_…", id="stripe.E004"))
    if "_test_" in key and settings.PRODUCTION:
        said = "STRIPE_KEY is that of Stripe’s test mode: cards that are put in now pay nothing."
        found.append(Warning(said, hint="Take the live key before readers come: sk_live_…", id="stripe.W002"))
    return found


def check_prices(**kwargs: Any) -> list[CheckMessage]:
    from broadsheet.membership.models import Market, Price

    if not settings.STRIPE_KEY:
        return []
    try:
        used = set(Price.objects.filter(retired_at=None).values_list("currency", flat=True))
        adds_tax = settings.STRIPE_TAX and Market.objects.filter(tax_included=False).exists()
    except DatabaseError:
        return []  # it is not prepared yet, which another check says
    found: list[CheckMessage] = []
    if adds_tax:
        said = "STRIPE_TAX changes nothing in a market whose prices don’t contain the tax."
        found.append(Warning(said, hint="Set the market’s prices to contain it.", id="stripe.W003"))
    return found + [
        Error(
            f"Stripe takes no {currency}, in which a plan is sold.",
            hint="Sell it in another currency in that edition, or by bank transfer alone.",
            id="stripe.E005",
        )
        for currency in sorted(used - SUPPORTED)
    ]
