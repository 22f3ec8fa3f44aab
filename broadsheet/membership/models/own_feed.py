import re
import secrets
from collections.abc import Collection
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from broadsheet.delivery.addresses import canonical, domain_of
from broadsheet.membership.models.entitlement import Entitlement
from broadsheet.membership.models.institution.domain import InstitutionDomain
from broadsheet.membership.models.institution.institution import Institution
from broadsheet.people.models import Person
from broadsheet.people.models.person import staff_among
from broadsheet.platform import clock
from broadsheet.platform.http.signed_cookies import signing_keys
from broadsheet.platform.signed_values import SEPARATOR, SignedValue

KEY = re.compile(r"[A-Za-z0-9_-]{16}")
WHOLE = re.compile(r"[A-Za-z0-9_-]{59}")
"""A key with its signature."""


def new_key() -> str:
    return secrets.token_urlsafe(12)


def signed_as(salt: str) -> SignedValue:
    """What signs the keys of one kind of feed, so that none opens another."""
    return SignedValue(salt, KEY, 16 + 1 + 43)


def reads_everything(person: Person) -> bool:
    """Whether `person` may read without limit now: as staff, as a subscriber, or by an institution."""
    if Entitlement.objects.open_everything_to(person):
        return True
    return Institution.objects.live().having_mailbox(person.email).exists()


def reading_everything(people: Collection[Person]) -> set[Person]:
    """Those of `people` of whom `reads_everything` says yes, in as few questions for many as for one."""
    entitled = set(Entitlement.objects.live().filter(person__in=people).values_list("person_id", flat=True))
    found = {person for person in people if person.pk in entitled} | staff_among(people)
    domains = {person: domain_of(canonical(person.email)) for person in people if person not in found}
    if domains:
        live = InstitutionDomain.objects.filter(institution__in=Institution.objects.live())
        let_in = set(live.filter(domain__in=set(domains.values())).values_list("domain", flat=True))
        found |= {person for person, domain in domains.items() if domain in let_in}
    return found


class NotOurs(ValueError):
    """This is no token of ours: forged or cut."""


class OwnFeedQuerySet(models.QuerySet[Any]):
    def of(self, person: Person) -> Any:
        return self.filter(person=person).first()

    def renew(self, person: Person) -> Any:
        """Gives `person` an address; the one that they had no longer works."""
        return self.update_or_create(person=person, defaults={"key": new_key(), "made_at": clock.now()})[0]

    def revoke(self, person: Person) -> None:
        self.filter(person=person).delete()

    def known_by(self, token: str) -> Any:
        """None where it was replaced, or its reader has gone. Raises `NotOurs` for what we never gave out."""
        if not WHOLE.fullmatch(token):
            raise NotOurs
        found = self.model.signed.read(f"{token[:16]}{SEPARATOR}{token[16:]}", signing_keys())
        if found is None:
            raise NotOurs
        return self.select_related("person").filter(person__is_active=True, key=found[0]).first()


class OwnFeed(models.Model):
    """The address at which an app has what one reader may read.

    The token in it is the key with a signature, so that the row alone, in a backup that got lost say, opens
    nothing.
    """

    signed: ClassVar[SignedValue]

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=16, unique=True, default=new_key)
    made_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[Any] = OwnFeedQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.person_id}"

    @property
    def token(self) -> str:
        return self.signed.sign(self.key, signing_keys()).replace(SEPARATOR, "")

    @property
    def reads_everything(self) -> bool:
        return reads_everything(self.person)
