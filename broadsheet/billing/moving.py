"""Invoices go with the subscription they are for, and with the account that they are in."""

from typing import Any

from django.dispatch import receiver

from broadsheet.billing.models import Checkout, Invoice
from broadsheet.membership.models import Subscription
from broadsheet.membership.signals import subscription_moved
from broadsheet.people.models import Person
from broadsheet.people.signals import accounts_merging


@receiver(subscription_moved)
def move_along(subscription: Subscription, old: int, new: int, **kwargs: Any) -> None:
    Invoice.objects.filter(subscription=subscription, person=old).update(person=new)
    Checkout.objects.filter(subscription=subscription, person=old).update(person=new)


@receiver(accounts_merging)
def take_over(old: Person, new: Person, **kwargs: Any) -> None:
    Invoice.objects.filter(person=old).update(person=new)
    Checkout.objects.filter(person=old).update(person=new)
