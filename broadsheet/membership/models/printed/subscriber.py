from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import batched
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from broadsheet.delivery.addresses import canonical
from broadsheet.membership.errors import Refused
from broadsheet.membership.models.entitlement import UNTIL_REVOKED, Entitlement
from broadsheet.membership.models.printed.house import FulfilmentHouse, HouseFile
from broadsheet.membership.models.printed.postal import bare
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.days import name_of, start_of
from broadsheet.platform.locking import under_lock

AT_ONCE = 1000


class SubscriberQuerySet(models.QuerySet["PrintSubscriber"]):
    def live(self) -> Self:
        return self.filter(ended_at=None)

    def unlinked(self) -> Self:
        return self.live().filter(person=None)

    def found(self, text: str) -> Self:
        """By the number, or by the beginning of the address or of the name."""
        text = text.strip()
        return self.filter(
            Q(number__iexact=text) | Q(email__startswith=canonical(text)) | Q(name__istartswith=text)
        )

    def found_on_label(self, number: str, postcode: str) -> Self:
        """Those with the `number` and the `postcode` of a label, in whatever way both are written."""
        if not bare(number) or not bare(postcode):
            return self.none()
        return self.live().filter(bare_number=bare(number), bare_postcode=bare(postcode))

    def entitle(self, at: datetime | None = None) -> None:
        """Brings the rights of all of them into line with what the rows say."""
        # One house for all of them, which looks up its zone once.
        rows, now = list(self.prefetch_related("house")), at or clock.now()
        there: dict[int, Entitlement] = {}
        current = Entitlement.objects.filter(print_subscriber__in=[row.pk for row in rows], ends_at__gt=now)
        for found in current:
            there[found.print_subscriber_id] = found
        new: list[Entitlement] = []
        moved: dict[datetime, list[Entitlement]] = {}
        for row in rows:
            end = row.reads_until
            right: Entitlement | None = there.get(row.pk)
            if right and right.person_id != row.person_id:
                moved.setdefault(now, []).append(right)
                right = None
            if right and right.ends_at != end:
                moved.setdefault(end, []).append(right)
            elif right is None and row.person_id and end > now:
                new.append(
                    Entitlement(
                        person_id=row.person_id,
                        print_subscriber=row,
                        starts_at=now,
                        ends_at=end,
                        reason=_("Subscriber to the paper, number %s") % row.number,
                    )
                )
        for end, rights in moved.items():
            for chunk in batched(rights, AT_ONCE):
                _end_at(end, chunk)
        Entitlement.objects.bulk_create(new, batch_size=AT_ONCE)


def _end_at(end: datetime, rights: Iterable[Entitlement]) -> None:
    """One that would end before it begins is none."""
    begun = [right.pk for right in rights if right.starts_at < end]
    Entitlement.objects.filter(pk__in=begun).update(ends_at=end)
    for right in rights:
        if right.pk not in begun:
            right.delete()


class PrintSubscriber(models.Model):
    """Somebody who gets the paper by a fulfilment house, and the reader that they are, once that is known."""

    class How(models.TextChoices):
        EMAIL = "email", gettext_lazy("By the e-mail address")
        LABEL = "label", gettext_lazy("By number and postcode")
        STAFF = "staff", gettext_lazy("By our staff")

    house = models.ForeignKey(FulfilmentHouse, on_delete=models.PROTECT, related_name="subscribers")
    number = models.CharField(gettext_lazy("number"), max_length=40)
    bare_number = models.CharField(max_length=40)
    email = models.EmailField(blank=True, db_index=True)
    name = models.CharField(gettext_lazy("name"), max_length=150, blank=True)
    postcode = models.CharField(gettext_lazy("postcode"), max_length=20, blank=True)
    bare_postcode = models.CharField(max_length=20, blank=True, db_index=True)
    paid_until = models.DateField(null=True)
    """The last day that is paid for, in the zone of the house's edition; None: while it is in the file."""
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="print_subscriptions"
    )
    linked_at = models.DateTimeField(null=True)
    linked_how = models.CharField(max_length=5, choices=How.choices, blank=True)
    first_seen_at = models.DateTimeField(default=clock.now)
    seen_in = models.ForeignKey(HouseFile, on_delete=models.SET_NULL, null=True, related_name="+")
    """The newest file that it stood in."""
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("subscriber to the paper")
        verbose_name_plural = gettext_lazy("subscribers to the paper")
        ordering = ["number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["house", "bare_number"], name="print_subscriber_number_once"),
            models.CheckConstraint(condition=~Q(bare_number=""), name="print_subscriber_has_a_number"),
        ]
        indexes = [
            models.Index(fields=["bare_number", "bare_postcode"], name="print_subscriber_label"),
            models.Index(fields=["house", "ended_at", "seen_in"], name="print_subscriber_gone"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def zone(self) -> ZoneInfo:
        return self.house.zone

    @property
    def reads_until(self) -> datetime:
        """When its right to read ends, if nothing more happens."""
        if self.ended_at:
            return self.ended_at
        if self.paid_until is None:
            return UNTIL_REVOKED
        return start_of(self.paid_until + timedelta(days=1), self.zone)

    @property
    def last_day(self) -> str:
        """Until which it is paid for, as its reader is told; empty where the house doesn't say."""
        if self.paid_until is None:
            return ""
        return name_of(start_of(self.paid_until, self.zone), self.zone)

    @property
    def state(self) -> str:
        if self.ended_at:
            return _("Ended")
        return _("Linked") if self.person_id else _("Not linked")

    @under_lock
    def link(self, person: Person, how: "PrintSubscriber.How") -> None:
        """Lets `person` read by it; raises Refused where somebody else does, or it has ended."""
        if self.ended_at:
            raise Refused(_("This subscription to the paper has ended."))
        if self.person_id == person.pk:
            return
        if self.person_id and how != self.How.STAFF:
            raise Refused(_("This subscription to the paper is linked to another account."))
        self.person, self.linked_at, self.linked_how = person, clock.now(), how
        self.save(update_fields=["person", "linked_at", "linked_how"])
        PrintSubscriber.objects.filter(pk=self.pk).entitle()

    @under_lock
    def unlink(self) -> None:
        """Takes the right to read from whoever had it by this number."""
        if self.person_id is None:
            raise Refused(_("It isn’t linked to an account."))
        self.person, self.linked_at, self.linked_how = None, None, ""
        self.save(update_fields=["person", "linked_at", "linked_how"])
        PrintSubscriber.objects.filter(pk=self.pk).entitle()


class DoubtQuerySet(models.QuerySet["PrintDoubt"]):
    def open(self) -> Self:
        return self.filter(settled_at=None)

    def open_first(self) -> Self:
        """The open ones, the oldest first, then the rest."""
        return self.order_by(F("settled_at").desc(nulls_first=True), "raised_at", "pk")

    def found(self, text: str) -> Self:
        numbers = PrintSubscriber.objects.found(text)
        return self.filter(Q(subscriber__in=numbers.values("pk")) | Q(person__in=Person.objects.called(text)))

    def raise_all(self, doubts: Iterable["PrintDoubt"]) -> None:
        """Has each looked at by a person, once: one that is open, or was settled, isn't raised again."""
        self.bulk_create(doubts, batch_size=AT_ONCE, ignore_conflicts=True)


class PrintDoubt(models.Model):
    """A match that a person must decide: which reader a subscriber to the paper is."""

    class Why(models.TextChoices):
        SHARED = "shared", gettext_lazy("The address stands at more than one number")
        TAKEN = "taken", gettext_lazy("The number is linked to another account")
        POSTCODE = "postcode", gettext_lazy("The number is right, the postcode isn’t")
        OTHER = "other", gettext_lazy("The file has the address of another account")

    subscriber = models.ForeignKey(PrintSubscriber, on_delete=models.CASCADE, related_name="doubts")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="print_doubts"
    )
    why = models.CharField(gettext_lazy("why"), max_length=8, choices=Why.choices)
    typed_postcode = models.CharField(max_length=20, blank=True)
    raised_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True)
    was_linked = models.BooleanField(default=False)

    objects: ClassVar = DoubtQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("doubtful match")
        verbose_name_plural = gettext_lazy("doubtful matches")
        ordering = ["raised_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "person", "why"], name="print_doubt_once"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber}: {self.get_why_display()}"

    @property
    def zone(self) -> ZoneInfo:
        return self.subscriber.zone

    @under_lock
    def settle(self, *, links: bool) -> None:
        """Decides it: `links` the subscriber to the reader, whoever had it before, or leaves all as it is."""
        if self.settled_at:
            raise Refused(_("Somebody has decided this already."))
        if links:
            self.subscriber.link(self.person, PrintSubscriber.How.STAFF)
        self.settled_at, self.was_linked = clock.now(), links
        self.save(update_fields=["settled_at", "was_linked"])
