import re
import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from broadsheet.membership.models.entitlement import Entitlement
from broadsheet.membership.models.institution.institution import Institution
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.http.signed_cookies import signing_keys
from broadsheet.platform.signed_values import SEPARATOR, SignedValue

KEY = re.compile(r"[A-Za-z0-9_-]{16}")
WHOLE = re.compile(r"[A-Za-z0-9_-]{59}")
"""A key with its signature."""
_signed = SignedValue("broadsheet.membership.podcast", KEY, 16 + 1 + 43)


def new_key() -> str:
    return secrets.token_urlsafe(12)


class PodcastFeedQuerySet(models.QuerySet["PodcastFeed"]):
    def of(self, person: Person) -> "PodcastFeed | None":
        return self.filter(person=person).first()

    def renew(self, person: Person) -> "PodcastFeed":
        """Gives `person` an address; the one that they had works no longer."""
        return self.update_or_create(person=person, defaults={"key": new_key(), "made_at": clock.now()})[0]

    def known_by(self, token: str) -> "PodcastFeed | None":
        """None where it was replaced, or its reader has gone. Raises `NotOurs` for what we never gave out."""
        if not WHOLE.fullmatch(token):
            raise NotOurs
        found = _signed.read(f"{token[:16]}{SEPARATOR}{token[16:]}", signing_keys())
        if found is None:
            raise NotOurs
        feeds = self.select_related("person").filter(person__is_active=True)
        return feeds.filter(key=found[0]).first()


class NotOurs(ValueError):
    """This is no token of ours: forged or cut."""


class PodcastFeed(models.Model):
    """The address at which a podcast app hears what one reader may read.

    The token in it is the key with a signature, so that the row alone, in a backup that got lost say, opens
    nothing.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=16, unique=True, default=new_key)
    made_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[Any] = PodcastFeedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.person_id}"

    @property
    def token(self) -> str:
        return _signed.sign(self.key, signing_keys()).replace(SEPARATOR, "")

    @property
    def hears_everything(self) -> bool:
        """Whether its reader may read without limit now: as staff, as a subscriber, or by an institution."""
        person: Person = self.person
        if Entitlement.objects.open_everything_to(person):
            return True
        return Institution.objects.live().having_mailbox(person.email).exists()
