"""What the settings for Stripe say of themselves, and what they change."""

import logging

import pytest
from django.test import Client
from pytest_django import Settings

from broadsheet import csp
from broadsheet.billing.providers.stripe import checks
from broadsheet.billing.providers.stripe.amounts import from_stripe, to_stripe
from broadsheet.membership.models import Price
from broadsheet.people.models import Person
from broadsheet.platform.money import Money
from tests.shop import checkout
from tests.stripe_double import StripeDouble


@pytest.mark.parametrize(
    ("key", "secrets", "production", "said"),
    [
        ("", [], False, []),
        ("sk_test_x", ["whsec_x"], False, []),
        ("rk_live_x", ["whsec_x"], True, []),
        ("", ["whsec_x"], False, ["stripe.W001"]),
        ("pk_live_x", ["whsec_x"], True, ["stripe.E001"]),
        ("sk_live_x", [], True, ["stripe.E002"]),
        ("sk_live_x", ["x"], True, ["stripe.E003"]),
        ("sk_live_x", ["whsec_x"], False, ["stripe.E004"]),
        ("sk_test_x", ["whsec_x"], True, ["stripe.W002"]),
    ],
)
def test_what_is_misconfigured_is_said(
    settings: Settings, key: str, secrets: list[str], production: bool, said: list[str]
) -> None:
    settings.STRIPE_KEY, settings.STRIPE_WEBHOOK_SECRETS, settings.PRODUCTION = key, secrets, production
    found = checks.check_settings(None)
    assert [message.id for message in found] == said
    assert not any(key and key in f"{message.msg} {message.hint}" for message in found)


def test_a_currency_that_stripe_does_not_take_is_said(settings: Settings, monthly: Price) -> None:
    settings.STRIPE_KEY = "sk_test_x"
    assert checks.check_prices() == []
    monthly.currency = "IRR"
    monthly.save()
    assert "Stripe takes no IRR" in checks.check_prices()[0].msg


@pytest.mark.parametrize(
    ("money", "amount"),
    [
        (Money(500, "USD"), 500),
        (Money(500, "JPY"), 500),
        (Money(500, "ISK"), 50_000),
        (Money(5000, "KWD"), 5000),
    ],
)
def test_each_currency_is_counted_as_stripe_counts_it(money: Money, amount: int) -> None:
    assert to_stripe(money) == amount
    assert from_stripe(amount, money.currency.lower()) == money


def test_a_form_may_lead_to_stripes_pages_and_nowhere_else() -> None:
    pages = csp.stripes_pages("https://api.stripe.com", "pay.magazine.example")
    assert pages == [
        "https://checkout.stripe.com",
        "https://billing.stripe.com",
        "https://pay.magazine.example",
    ]
    assert csp.readers_pages([])["form-action"] == ["'self'"]


def test_without_a_key_there_is_no_webhook(client: Client, db: None) -> None:
    assert client.post("/stripe/webhook", "{}", content_type="application/json").status_code == 404


def test_a_key_is_never_logged(
    settings: Settings,
    ada: Person,
    monthly: Price,
    double: StripeDouble,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    settings.STRIPE_KEY = "sk_test_wrong_and_secret"
    checkout(ada, monthly, provider="stripe").go_on()
    assert "does not accept STRIPE_KEY" in caplog.text
    assert "wrong_and_secret" not in caplog.text
