"""What goes from one account to another when our staff merge the two."""

from contextlib import suppress
from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from broadsheet.membership.errors import Refused
from broadsheet.membership.models import (
    Actor,
    ActorKind,
    Consent,
    Entitlement,
    Gift,
    PrintDoubt,
    PrinterListLine,
    PrintSubscriber,
    Seat,
    Subscription,
)
from broadsheet.people.models import Person
from broadsheet.people.signals import accounts_merging


@receiver(accounts_merging)
def take_over(old: Person, new: Person, **kwargs: Any) -> None:
    """Raises Refused where both have a subscription that runs."""
    for subscription in Subscription.objects.filter(person=old).order_by("pk"):
        subscription.move_to(new, Actor(ActorKind.STAFF, why=_("The two accounts were merged.")))
    Entitlement.objects.filter(person=old).update(person=new)
    Consent.objects.filter(person=old).update(person=new)
    Gift.objects.filter(buyer=old).update(buyer=new)
    Gift.objects.filter(redeemed_by=old).update(redeemed_by=new)
    _take_seats(old, new)
    PrintSubscriber.objects.filter(person=old).update(person=new)
    PrinterListLine.objects.filter(person=old).update(person=new)
    asked = PrintDoubt.objects.filter(person=new)
    for doubt in PrintDoubt.objects.filter(person=old):
        if not asked.filter(subscriber=doubt.subscriber_id, why=doubt.why).exists():
            doubt.person = new
            doubt.save(update_fields=["person"])


def _take_seats(old: Person, new: Person) -> None:
    """One person has one seat of a group: where both had one, the old account's is given back."""
    theirs = Seat.objects.open().filter(person=new)
    for seat in Seat.objects.filter(person=old).select_related("group__subscription"):
        if seat.ended_at is None and theirs.filter(group=seat.group_id).exists():
            with suppress(Refused):
                seat.group.take_back(seat, by_themselves=True)
        seat.refresh_from_db()
        seat.person = new
        seat.save(update_fields=["person"])
