from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from broadsheet.membership.errors import Refused
from broadsheet.membership.models.entitlement import Entitlement
from broadsheet.membership.models.subscription.transition import Actor, Change
from broadsheet.membership.notice_kinds import SubscriptionNotice
from broadsheet.membership.signals import subscription_moved
from broadsheet.notices.models import Notice
from broadsheet.people.models import Person
from broadsheet.platform.locking import under_lock


class Movable(models.Model):
    """From one account to another: the agreement stays what it is, and so do its days."""

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        state: str
        person: Any
        person_id: int
        consents: Any

        def record(self, what: Change, by: Actor, from_state: str) -> Any: ...

    @under_lock
    def move_to(self, person: Person, by: Actor) -> None:
        """Makes it `person`'s, with the rights it gives; raises Refused where they have one that runs."""
        old = self.person_id
        if old == person.pk:
            raise Refused(_("It belongs to this account already."))
        try:
            with transaction.atomic():
                itself: Any = type(self)._default_manager.filter(pk=self.pk)
                itself.update(person=person)
        except IntegrityError as error:
            raise Refused(_("The other account has a subscription that runs.")) from error
        self.person = person
        Entitlement.objects.filter(Q(subscription=self) | Q(remainder_of=self)).update(person=person)
        self.consents.update(person=person)
        about_it = Notice.objects.filter(kind__in=SubscriptionNotice.values, about=self.pk, person=old)
        about_it.update(person=person)
        self.record(Change.MOVED, by, self.state)
        subscription_moved.send(type(self), subscription=self, old=old, new=person.pk)
