"""Changes of a subscription that readers or staff ask for, and its provider's answer.

No page waits for a provider: the intent is stored first, and takes effect once the provider confirms it.
"""

from typing import Any

from django.utils.translation import gettext as _

from broadsheet.billing import providers
from broadsheet.billing.models import Invoice
from broadsheet.billing.providers.protocol import Declined, Done, Outcome
from broadsheet.billing.sweeping import each
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import Actor, Consent, Intent, Subscription, Verb
from broadsheet.platform.locking import held


def ask(
    subscription: Subscription, verb: Verb, by: Actor, *, consent: Consent | None = None, **wanted: Any
) -> Intent:
    """Stores the intent and asks the provider for it. Raises Refused where it is not possible now.

    The provider may need a while: `intent.is_open` then, and the subscription is as it was. `consent` is what
    the reader agreed to with it, not saved yet.
    """
    with held(subscription):
        if fault := fault_of(subscription, verb):
            raise Refused(fault)
        intent = Intent.objects.ask(subscription, verb, by, **wanted)
        if consent:
            consent.save()
    ask_provider(intent)
    intent.refresh_from_db()
    subscription.refresh_from_db()
    if intent.fault:
        raise Refused(intent.fault)
    return intent


def fault_of(subscription: Subscription, verb: Verb) -> str:
    """Why its invoices forbid `verb` now; empty if they don't. Called under the subscription's lock."""
    if verb == Verb.PAUSE and Invoice.objects.unpaid().filter(subscription=subscription).exists():
        return _("You have an unpaid invoice. Once it is paid, you can pause your subscription.")
    return ""


def ask_provider(intent: Intent) -> None:
    conclude(intent, providers.named(intent.subscription.provider).ask(intent))


def conclude(intent: Intent, outcome: Outcome) -> None:
    """Applies the provider's answer, once, however often it comes."""
    subscription = intent.subscription
    with held(subscription):
        match outcome:
            case Declined(fault):
                intent.fail(fault)
            case Done():
                # A renewal may have come since the intent was stored.
                if fault := fault_of(subscription, Verb(intent.verb)):
                    intent.fail(fault)
                    return
                intent.confirm()
                subscription.refresh_from_db()
                Invoice.objects.close(subscription)


def finish_intents() -> list[Exception]:
    """Asks again for those that are open; returns what failed."""
    return each(Intent.objects.open().select_related("subscription"), ask_provider)
