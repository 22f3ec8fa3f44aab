"""What a sign-in brings: the seat that comes with a mailbox, and the right that comes with the paper."""

from contextlib import suppress
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from broadsheet.membership.errors import Refused
from broadsheet.membership.fulfilment.label import link_by_sign_in
from broadsheet.membership.models import Entitlement, Group, Seat
from broadsheet.people.models import Person
from broadsheet.people.signals import address_changed


@receiver(user_logged_in)
def bring_rights(user: Person, **kwargs: Any) -> None:
    """Whoever signs in has proven their address, at some time."""
    if user.is_staff or not user.is_active:
        return
    link_by_sign_in(user)
    take_seat_by_domain(user)


@receiver(address_changed)
def follow_address(person_id: int, **kwargs: Any) -> None:
    bring_rights(Person.objects.get(pk=person_id))


def take_seat_by_domain(person: Person) -> None:
    """Gives `person` a seat of the first group with their mailbox's domain that has one left.

    Not to whoever reads by right already, and not where a seat was taken back from them or given back.
    """
    if Entitlement.objects.entitle(person):
        return
    groups = Group.objects.having_mailbox(person.email).exclude(seat_rows__email=person.email)
    for group in groups.select_related("subscription__price").order_by("pk"):
        with suppress(Refused):
            group.give_to(person, Seat.How.DOMAIN)
            return
