from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from broadsheet.people.signals import role_given, sessions_ended
from broadsheet.platform import clock
from broadsheet.platform.processes.scheduler import DAY, once_every

KEPT = timedelta(hours=49)
"""An hour longer than the longest life of an entitlement cookie."""


class Revocation(models.Model):
    """A person's entitlement cookie no longer counts if it was issued before `at`.

    Each process keeps a copy of these rows: see `broadsheet.membership.revocations`.
    """

    # Not a foreign key: the cookie of an account that is erased is revoked as well.
    person_id = models.BigIntegerField(_("person"))
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("revocation")
        indexes = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.at:%Y-%m-%d %H:%M:%S}"

    @staticmethod
    def push(*person_ids: int) -> None:
        """Call it in the transaction that takes the right away, so that both happen or neither."""
        rows = [Revocation(person_id=person_id) for person_id in person_ids]
        Revocation.objects.bulk_create(rows, batch_size=1_000)


@once_every(DAY, "membership.revocations")
def forget_revocations(at: datetime) -> None:
    """Deletes those that no entitlement cookie can be older than."""
    Revocation.objects.filter(at__lt=at - KEPT).delete()


# Staff get no entitlement cookie, but whoever joins them may have one from before.
@receiver([sessions_ended, role_given])
def revoke(person_id: int, **kwargs: Any) -> None:
    Revocation.push(person_id)
