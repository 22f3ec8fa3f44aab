import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from broadsheet.membership.notice_kinds import GroupNotice
from broadsheet.notices.models import Notice
from broadsheet.people.models import Person
from broadsheet.platform import clock

if TYPE_CHECKING:
    pass


def new_token() -> str:
    """What an invitation's link carries: 24 characters that nobody guesses."""
    return secrets.token_urlsafe(18)


class SeatQuerySet(models.QuerySet["Seat"]):
    def open(self) -> Self:
        """Those that are given or offered."""
        return self.filter(ended_at=None)

    def taken(self) -> Self:
        """Those that somebody has."""
        return self.open().exclude(person=None)

    def of(self, person: Person) -> Self:
        """Those by which `person` reads now, with what a page says of them."""
        return self.taken().filter(person=person).exclude(group__subscription__state="ended")


class Seat(models.Model):
    """A seat of a group, from the invitation to its end. One that was offered in vain leaves no row."""

    class How(models.TextChoices):
        INVITED = "invited", _("Invited")
        DOMAIN = "domain", _("By the mailbox’s domain")

    class Ending(models.TextChoices):
        TAKEN_BACK = "taken", _("Taken back")
        GIVEN_BACK = "given", _("Given back")

    group = models.ForeignKey("membership.Group", on_delete=models.CASCADE, related_name="seat_rows")
    email = models.EmailField()
    """The canonical address that it was offered to, which need not be that of the account that took it."""
    name = models.CharField(max_length=120, blank=True)
    """As the owner knows them."""
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="seats"
    )
    token = models.CharField(max_length=32, unique=True, default=new_token)
    how = models.CharField(max_length=7, choices=How.choices, default=How.INVITED)
    invited_at = models.DateTimeField(default=clock.now)
    taken_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=5, choices=Ending.choices, blank=True)

    objects: ClassVar = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ["invited_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "email"], condition=Q(ended_at=None), name="seat_once_for_a_mailbox"
            ),
            models.UniqueConstraint(
                fields=["group", "person"],
                condition=Q(ended_at=None, person__isnull=False),
                name="seat_once_for_a_person",
            ),
            models.CheckConstraint(
                condition=Q(person=None, taken_at=None, ended_at=None)
                | Q(person__isnull=False, taken_at__isnull=False),
                name="seat_taken_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="") | (Q(ended_at__isnull=False) & ~Q(ending="")),
                name="seat_ended_has_an_ending",
            ),
        ]
        indexes = [models.Index(fields=["group", "ended_at", "email"], name="seat_list")]

    def __str__(self) -> str:
        return f"{self.email}, {self.group_id}"

    @property
    def zone(self) -> ZoneInfo:
        return self.group.subscription.zone

    @property
    def state(self) -> str:
        """In a word or two: offered, taken, given back."""
        if self.ended_at:
            return str(self.get_ending_display())
        return str(_("Taken") if self.person_id else _("Invited"))

    def end(self, ending: "Seat.Ending") -> None:
        self.ended_at, self.ending = clock.now(), ending
        self.save(update_fields=["ended_at", "ending"])

    def send(self, edition: str, key: str = "") -> None:
        """Has the letter with its link sent; once more where `key` is a new one."""
        Notice.objects.set_down(GroupNotice.INVITED, self.pk, key=key, edition=edition, email=self.email)

    def say(self, kind: GroupNotice, edition: str, key: str = "", due_at: datetime | None = None) -> None:
        Notice.objects.set_down(kind, self.pk, key=key, edition=edition, person=self.person, due_at=due_at)

    def within(self, periods: Iterable[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
        """When it gives the right to read, of the `periods` in which its group does."""
        if self.taken_at is None:
            return
        for start, end in periods:
            first = max(start, self.taken_at)
            last = min(end, self.ended_at) if self.ended_at else end
            if first < last:
                yield first, last


# Accounts are deleted with what is theirs, which passes no method of a group's.
@receiver(post_delete, sender=Seat)
def count_seats(instance: Seat, origin: object, **kwargs: object) -> None:
    from broadsheet.membership.models.group.group import Group

    if origin is not instance:
        for group in Group.objects.filter(pk=instance.group_id):
            group.count()
