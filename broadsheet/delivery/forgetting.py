"""What the post room keeps of somebody who erased their account: whether it may write to them."""

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Replace
from django.utils.translation import gettext as _

from broadsheet.delivery.addresses import fingerprint, without_addresses
from broadsheet.delivery.models import Bounce, Recipient, Suppression
from broadsheet.house import clock


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
        # However a server writes the address.
        for row in Recipient.objects.to(address).filter(words__contains="@"):
            Recipient.objects.filter(pk=row.pk).update(words=without_addresses(row.words))
        Recipient.objects.to(address).update(address=mark, key=mark, tokens={})
        words = Replace("words", Value(address), Value("…"))
        Bounce.objects.filter(address__iexact=address).update(address=mark, words=words)
        Suppression.objects.of(address).update(address="", words=words)
