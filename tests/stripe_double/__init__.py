"""A double of Stripe: a real HTTP server on this machine that keeps books, has a clock, and takes no money.

Its objects have the shape of Stripe's own published examples, of which `fixtures.json` has those that are
used here (https://github.com/stripe/openapi, under the MIT licence beside it).
"""

from tests.stripe_double.cards import CARDS, Behaviour
from tests.stripe_double.double import StripeDouble

__all__ = ["CARDS", "Behaviour", "StripeDouble"]
