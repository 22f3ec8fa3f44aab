from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple, Self

from django.db import models, transaction

from broadsheet.delivery.models.send import Send

AGAIN = "#"
"""Between a cohort's name and the number of the message that took the place of its first."""


class Addressee(NamedTuple):
    """Whom a source wants a message to go to: an address, what the source knows them by, their tokens."""

    address: str
    key: str
    tokens: Mapping[str, str] = {}


class CohortQuerySet(models.QuerySet["Cohort"]):
    def called(self, name: str) -> Self:
        """The cohort of that name, and those that were made of it when their message was replaced."""
        return self.filter(models.Q(name=name) | models.Q(name__startswith=f"{name}{AGAIN}"))


class Cohort(models.Model):
    """Those recipients of a send who get the same message but for their tokens."""

    send = models.ForeignKey(Send, on_delete=models.CASCADE, related_name="cohorts")
    name = models.CharField(max_length=80, blank=True)
    # Frozen when the send is, so that any host builds each reader's message without a template.
    message = models.BinaryField()

    objects = CohortQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["send", "name"], name="cohort_once_in_its_send")]

    def __str__(self) -> str:
        return f"{self.send}: {self.name}"

    def materialise(self, addressees: Iterable[Addressee], due_at: datetime | None = None) -> int:
        """Queues a message for each of `addressees`, in batches, from `due_at` on or now; how many are new.

        It takes them as they come, so that a million need no more memory than a thousand. Who is on the
        send already stays as they are: what was cut short is done again from the beginning. An address
        that no server could be told of is skipped, in the ledger too.
        """
        from broadsheet.delivery.models.materialising import materialise

        return materialise(self, addressees, due_at)

    @property
    def first_name(self) -> str:
        """What it was called before its message was replaced."""
        return self.name.partition(AGAIN)[0]

    def replace(self, message: bytes) -> "Cohort":
        """Has whoever was not served yet get `message` instead; they are a cohort of their own from now on.

        A batch that a worker has in its hands is finished with the old one.
        """
        from broadsheet.delivery.models.batch import Batch

        with transaction.atomic():
            name = self.first_name
            number = self.send.cohorts.called(name).count()
            cohort: Cohort = self.send.cohorts.create(name=f"{name}{AGAIN}{number}", message=message)
            self.batches.exclude(state=Batch.State.DONE).update(cohort=cohort)
        return cohort
