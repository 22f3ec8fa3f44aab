"""Who has what they follow sent to them, and what each such letter held."""

from datetime import date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from broadsheet.delivery.models import Cohort
from broadsheet.newsletters.models.mailbox import Mailbox
from broadsheet.newsletters.sending.mornings import moment_of
from broadsheet.platform import clock
from broadsheet.platform.days import day_of
from broadsheet.platform.edition_field import EditionTagField

AT = time(7)
"""By the clock of the edition."""
WEEKDAY = 5
"""Saturday."""


class Pace(models.TextChoices):
    DAILY = "daily", _("Every day")
    WEEKLY = "weekly", _("Every Saturday")

    def last_due(self, at: datetime, zone: ZoneInfo) -> tuple[date, datetime]:
        """The newest day whose letter is due at `at`, and since when it is."""
        day = day_of(at, zone)
        if moment_of(day, AT, zone) > at:
            day -= timedelta(days=1)
        if self == Pace.WEEKLY:
            day -= timedelta(days=(day.weekday() - WEEKDAY) % 7)
        return day, moment_of(day, AT, zone)


class FollowedLetterQuerySet(models.QuerySet["FollowedLetter"]):
    def choose(self, mailbox: Mailbox, pace: Pace, edition: str) -> None:
        """From now on; what was published before is on the reader's page."""
        letter, is_new = self.get_or_create(mailbox=mailbox, defaults={"pace": pace, "edition": edition})
        if not is_new:
            letter.pace, letter.edition = pace, edition
            letter.save(update_fields=["pace", "edition"])

    def stop(self, mailbox: Mailbox) -> None:
        self.filter(mailbox=mailbox).delete()

    def receiving(self, at: datetime) -> Self:
        """Those whose reader has an account, and has not paused what we send."""
        boxes = Mailbox.objects.active(at).filter(person__is_active=True)
        return self.filter(mailbox__in=boxes)


class FollowedLetter(models.Model):
    """A reader's choice to get what is new by mail."""

    mailbox = models.OneToOneField(Mailbox, on_delete=models.CASCADE, related_name="followed_letter")
    pace = models.CharField(_("pace"), max_length=6, choices=Pace)
    edition = EditionTagField()
    chosen_at = models.DateTimeField(default=clock.now, editable=False)
    # What was first published from then on has not been sent to them.
    covered_until = models.DateTimeField(default=clock.now, editable=False)

    objects = FollowedLetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pace__in=Pace.values), name="followed_letter_has_a_pace"
            )
        ]
        indexes = [models.Index(fields=["edition", "pace", "covered_until"], name="followed_letter_by_due")]

    def __str__(self) -> str:
        return f"{self.mailbox}: {self.get_pace_display()}"

    @property
    def goes_to(self) -> str:
        return self.mailbox.address


class LetterItem(models.Model):
    """One article in the letter of those who get the same ones."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="letter_items")
    article_uuid = models.UUIDField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "article_uuid"], name="article_once_in_letter")
        ]
        indexes = [models.Index(fields=["article_uuid"], name="letter_item_by_article")]

    def __str__(self) -> str:
        return f"{self.cohort}: {self.article_uuid}"
