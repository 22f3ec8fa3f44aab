from django.utils.translation import gettext as _

from broadsheet.billing.models import Difference, StripeMove
from broadsheet.billing.providers.stripe.api import Refusal, api, asking
from broadsheet.membership.models import Subscription
from broadsheet.platform import clock

LIVE = frozenset({"active", "trialing", "past_due", "unpaid", "paused", "incomplete"})


def goes_on_elsewhere(subscription: Subscription) -> bool:
    """Whether the subscription that this one came from still runs at Stripe; raises Unreachable.

    Somebody may have kept it there after it was told to end: nobody is charged twice.
    """
    move = StripeMove.objects.filter(subscription=subscription, ended_at=None).first()
    if move is None:
        return False
    try:
        with asking():
            found = api().subscriptions.retrieve(move.reference)
    except Refusal as refusal:
        if not refusal.is_missing:
            raise
        found = None
    if found and found.status in LIVE:
        if found.cancel_at_period_end:
            return True  # any minute now
        Difference.objects.find(Difference.Kind.GOES_ON, move.reference)
        return True
    move.ended_at = clock.now()
    move.save(update_fields=["ended_at"])
    Difference.objects.resolve(Difference.Kind.GOES_ON, move.reference, _("It has ended at Stripe."))
    return False
