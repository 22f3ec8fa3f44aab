"""What the post room keeps of somebody who erased their account: whether it may write to them."""

from django.db import transaction
from django.utils.translation import gettext as _

from broadsheet.delivery.addresses import canonical, fingerprint, without_addresses
from broadsheet.delivery.models import Bounce, Recipient, Suppression
from broadsheet.platform import clock


def forget(address: str) -> None:
    """Leaves of `address` its fingerprint, by which a complaint that comes later still suppresses it.

    What is queued for it is not sent.
    """
    mark = fingerprint(address)
    with transaction.atomic():
        waiting = Recipient.objects.to(address).unsettled()
        waiting.update(
            state=Recipient.State.SKIPPED,
            words=_("The account was erased."),
            due_at=None,
            answered_at=clock.now(),
        )
        recipients, bounces = (
            Recipient.objects.to(address),
            Bounce.objects.filter(address__iexact=canonical(address)),
        )
        suppressions = Suppression.objects.of(address)
        for rows in (recipients, bounces, suppressions):
            # However a server wrote the address.
            for row in rows.filter(words__contains="@"):
                type(row).objects.filter(pk=row.pk).update(words=without_addresses(row.words))
        recipients.update(address=mark, key=mark, tokens={})
        bounces.update(address=mark)
        suppressions.update(address="")
