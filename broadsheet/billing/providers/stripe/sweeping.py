"""What is looked after each minute, and each night."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from broadsheet.billing.models import StripeEvent
from broadsheet.billing.providers.stripe import errands, events, reconciling, sessions, tax
from broadsheet.billing.providers.stripe.api import Unreachable
from broadsheet.platform.processes.scheduler import DAY, once_every

KEPT_FOR = timedelta(days=90)
"""Longer than Stripe tries again, or lets events be asked for."""


def each_minute(at: datetime, **kwargs: Any) -> None:
    """Raises an ExceptionGroup of what failed, but not where Stripe is away: it is asked again later."""
    if not settings.STRIPE_KEY:
        return
    faults = [*events.sweep(at), *sessions.look_at_unheard(at), *errands.sweep(at)]
    if faults := [fault for fault in faults if not isinstance(fault, Unreachable)]:
        raise ExceptionGroup("Some of what Stripe told can’t be worked off", faults)


@once_every(DAY, "billing.stripe")
def each_night(at: datetime) -> None:
    if not settings.STRIPE_KEY:
        return
    reconciling.reconcile(at)
    with suppress(Unreachable):
        tax.look_up_again(at)
    StripeEvent.objects.filter(worked_at__lt=at - KEPT_FOR).delete()
