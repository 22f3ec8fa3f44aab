"""What goes from one account to another when our staff merge the two."""

from typing import Any

from django.dispatch import receiver

from broadsheet.membership.models import (
    Actor,
    ActorKind,
    Consent,
    Entitlement,
    Gift,
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
        subscription.move_to(new, Actor(ActorKind.STAFF, why="The two accounts were merged."))
    Entitlement.objects.filter(person=old).update(person=new)
    Consent.objects.filter(person=old).update(person=new)
    PrintSubscriber.objects.filter(person=old).update(person=new)
    # One seat of a group is enough for one reader: the other ends with the account.
    twice = list(Seat.objects.open().filter(person=new).values_list("group", flat=True))
    Seat.objects.filter(person=old).exclude(ended_at=None, group__in=twice).update(person=new)
    Gift.objects.filter(buyer=old).update(buyer=new)
    Gift.objects.filter(redeemed_by=old).update(redeemed_by=new)
