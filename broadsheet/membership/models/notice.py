from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from broadsheet.membership.lengths import Term
from broadsheet.membership.models.catalogue.plan import EditionTagField
from broadsheet.membership.models.policy import SalesPolicy
from broadsheet.membership.models.subscription.transition import ActorKind, Change, State, Transition
from broadsheet.people.models import Person
from broadsheet.platform import clock

if TYPE_CHECKING:
    from broadsheet.membership.models.subscription.subscription import Subscription

SHORT_PAUSE = timedelta(days=14)
"""Who pauses for no longer is told in the confirmation when it ends, and not again."""
BEFORE_RETURN = timedelta(days=7)
LONG_OFFER = timedelta(days=14)
"""From how long a trial or first offer on its end is announced."""


class NoticeKind(models.TextChoices):
    RENEWAL = "renewal", _("It will be renewed")
    OFFER_ENDS = "offer_ends", _("The trial or first offer ends")
    PRICE_CHANGE = "price_change", _("The price changes")
    PAUSED = "paused", _("Paused")
    COMING_BACK = "coming_back", _("Comes back soon")
    RESUMED = "resumed", _("Is back")
    CANCELLED = "cancelled", _("Cancelled")
    KEPT = "kept", _("Cancellation undone")
    CHANGED = "changed", _("Changed")
    EXTENDED = "extended", _("Extended")
    ENDED = "ended", _("Ended")
    GIFT = "gift", _("A gift")
    GIFT_ENDS = "gift_ends", _("A gift ends")
    WITHDRAWAL = "withdrawal", _("A withdrawal received")
    INVOICE = "invoice", _("Invoice")
    RECEIPT = "receipt", _("Receipt")
    PAYMENT_FAILED = "payment_failed", _("A payment failed")
    OVERDUE = "overdue", _("An invoice is overdue")
    CARD_EXPIRES = "card_expires", _("The card expires")
    REFUND = "refund", _("A refund")


SAID_AT_ONCE = {
    Change.PAUSED: NoticeKind.PAUSED,
    Change.RESUMED: NoticeKind.RESUMED,
    Change.CANCELLED: NoticeKind.CANCELLED,
    Change.KEPT: NoticeKind.KEPT,
    Change.CHANGED: NoticeKind.CHANGED,
    Change.WILL_CHANGE: NoticeKind.CHANGED,
    Change.DISCOUNTED: NoticeKind.CHANGED,
    Change.EXTENDED: NoticeKind.EXTENDED,
    Change.ENDED: NoticeKind.ENDED,
    Change.LAPSED: NoticeKind.ENDED,
}
PLANNED = (NoticeKind.RENEWAL, NoticeKind.OFFER_ENDS, NoticeKind.COMING_BACK)


class NoticeManager(models.Manager["Notice"]):
    def set_down(
        self,
        kind: NoticeKind,
        about: int,
        *,
        edition: str,
        key: str = "",
        person: Person | None = None,
        email: str = "",
        due_at: datetime | None = None,
    ) -> None:
        """Has something said once: asked again with the same kind, subject and key, it changes nothing."""
        row = Notice(
            kind=kind,
            about=about,
            key=key,
            person=person,
            email=email,
            edition=edition,
            due_at=due_at or clock.now(),
        )
        self.bulk_create([row], ignore_conflicts=True)

    def due(self, at: datetime) -> "models.QuerySet[Notice]":
        return self.filter(sent_at=None, dropped_at=None, due_at__lte=at).order_by("due_at", "pk")

    def drop(self, kind: NoticeKind, about: int) -> None:
        """Leaves unsaid what is not true any more."""
        self.filter(kind=kind, about=about, sent_at=None).delete()

    def follow(self, subscription: "Subscription", written: Transition) -> None:
        """Says what was just done, and sets down what will have to be said as things stand now."""
        if (kind := SAID_AT_ONCE.get(Change(written.what))) and _is_news(written):
            self.set_down(
                kind,
                subscription.pk,
                key=str(written.pk),
                person=subscription.person,
                edition=subscription.price.edition,
            )
        planned = {(kind, key): due_at for kind, key, due_at in _planned(subscription)}
        unsaid = self.filter(kind__in=PLANNED, about=subscription.pk, sent_at=None)
        for row in unsaid:
            if (NoticeKind(row.kind), row.key) not in planned:
                row.delete()
        for (kind, key), due_at in planned.items():
            self.set_down(
                kind,
                subscription.pk,
                key=key,
                due_at=due_at,
                person=subscription.person,
                edition=subscription.price.edition,
            )


def _is_news(written: Transition) -> bool:
    """The end of a cancelled subscription was announced; who pressed “Undo” in the desk tells the reader."""
    return not (written.what == Change.EXTENDED and written.who == ActorKind.CLOCK)


def _planned(subscription: "Subscription") -> Iterator[tuple[NoticeKind, str, datetime]]:
    policy = SalesPolicy.load()
    end = subscription.term_ends_at
    key = f"{end:%Y-%m-%d}"
    if (pause := subscription.pause) and pause.until - pause.starts_at > SHORT_PAUSE:
        yield NoticeKind.COMING_BACK, f"{pause.pk}", pause.until - BEFORE_RETURN
    if subscription.state not in {State.TRIALING, State.ACTIVE} or subscription.cancellation:
        return
    is_first = subscription.state == State.TRIALING or subscription.is_in_offer
    length = end - subscription.term_starts_at
    if length > timedelta(days=180):
        yield NoticeKind.RENEWAL, key, end - timedelta(days=policy.renewal_notice_days)
    elif is_first and length >= LONG_OFFER and _becomes_dearer(subscription):
        yield NoticeKind.OFFER_ENDS, key, end - timedelta(days=policy.offer_notice_days)


def _becomes_dearer(subscription: "Subscription") -> bool:
    return subscription.next_charge.minor > subscription.term_amount or (
        Term(subscription.price.term) == Term.YEAR
    )


class Notice(models.Model):
    """Something that must be said to somebody once: when it is due, and when it was said.

    `about` is the primary key of what its kind is about; with `key` it tells this occasion from every other.
    """

    kind = models.CharField(max_length=14, choices=NoticeKind.choices)
    about = models.BigIntegerField()
    key = models.CharField(max_length=60, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="notices"
    )
    email = models.EmailField(blank=True)
    edition = EditionTagField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    """When it came up and was not true any more."""

    objects: ClassVar[NoticeManager] = NoticeManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "about", "key"], name="notice_once_for_an_occasion"),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | ~Q(email=""), name="notice_goes_to_somebody"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(sent_at=None, dropped_at=None), name="notice_due")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.about}"

    @property
    def to(self) -> str:
        return self.person.email if self.person else self.email
