"""What the post room keeps of somebody who erased their account: whether it may write to them."""

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Replace
from django.utils.translation import gettext as _

from broadsheet.delivery.addresses import fingerprint
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
        for written in {address, *Recipient.objects.to(address).values_list("address", flat=True).distinct()}:
            words = Replace("words", Value(written), Value("…"))
            Recipient.objects.to(address).update(words=words)
        Recipient.objects.to(address).update(address=mark, key=mark, tokens={})
        Bounce.objects.filter(address__iexact=address).update(address=mark, words=words)
        Suppression.objects.of(address).update(address="", words=words)
