"""Who has each weekly issue announced to them by mail."""

from typing import Self

from django.db import models

from broadsheet.newsletters.models.mailbox import Mailbox
from broadsheet.platform import clock
from broadsheet.platform.edition_field import EditionTagField


class WeeklyLetterQuerySet(models.QuerySet["WeeklyLetter"]):
    def choose(self, mailbox: Mailbox, edition: str) -> None:
        self.update_or_create(mailbox=mailbox, defaults={"edition": edition})

    def stop(self, mailbox: Mailbox) -> None:
        self.filter(mailbox=mailbox).delete()

    def receiving(self, edition: str) -> Self:
        """Those of the edition whose reader has an account, and has not paused what we send."""
        boxes = Mailbox.objects.active(clock.now()).filter(person__is_active=True)
        return self.filter(edition=edition, mailbox__in=boxes)


class WeeklyLetter(models.Model):
    """A reader's choice to get the letter of each weekly issue."""

    mailbox = models.OneToOneField(Mailbox, on_delete=models.CASCADE, related_name="weekly_letter")
    edition = EditionTagField()
    chosen_at = models.DateTimeField(default=clock.now, editable=False)

    objects = WeeklyLetterQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["edition", "id"], name="weekly_letter_by_edition")]

    def __str__(self) -> str:
        return f"{self.mailbox}: {self.edition}"

    @property
    def goes_to(self) -> str:
        return self.mailbox.address
