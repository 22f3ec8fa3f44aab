"""What was opened and given away goes along when our staff merge two accounts."""

from typing import Any

from django.dispatch import receiver

from broadsheet.paywall.models import GiftLink, Grant
from broadsheet.people.models import Person
from broadsheet.people.signals import accounts_merging


@receiver(accounts_merging)
def take_over(old: Person, new: Person, **kwargs: Any) -> None:
    GiftLink.objects.filter(giver=old).update(giver=new)
    there = {(row.period, row.article): row for row in Grant.objects.filter(reader=new)}
    for grant in Grant.objects.filter(reader=old):
        if same := there.get((grant.period, grant.article)):
            Grant.objects.filter(reader=new).prolong(same.held, grant.open_until)
        else:
            grant.reader = new
            grant.save(update_fields=["reader"])
