import secrets
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from broadsheet.delivery.addresses import canonical
from broadsheet.membership.errors import Refused
from broadsheet.membership.lengths import Length, Term
from broadsheet.membership.models.catalogue.plan import Price
from broadsheet.membership.models.entitlement import UNTIL_REVOKED, Entitlement
from broadsheet.membership.models.subscription.subscription import Subscription
from broadsheet.membership.models.subscription.transition import Actor
from broadsheet.membership.models.zoned import Zoned
from broadsheet.membership.notice_kinds import GiftNotice
from broadsheet.notices.models import Notice
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.locking import under_lock

ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Without what is mistaken for something else when it is read aloud or written by hand."""
KEPT_FOR = 24
"""How many months after its delivery it can be used."""


def new_code() -> str:
    """Twelve letters and digits, ``K7QM-2RXA-9PDT``: too many to guess at any rate that a page allows."""
    letters = "".join(secrets.choice(ALPHABET) for __ in range(12))
    return "-".join(letters[start : start + 4] for start in (0, 4, 8))


def normalised_code(code: str) -> str:
    """What somebody typed, as the code is kept."""
    letters = "".join(filter(str.isalnum, code)).upper()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


class GiftQuerySet(models.QuerySet["Gift"]):
    def found(self, text: str) -> Self:
        """Those whose code or recipient's address begins with `text`, or whose giver is called so."""
        return self.filter(
            Q(code__startswith=normalised_code(text))
            | Q(recipient_email__startswith=canonical(text))
            | Q(buyer__in=Person.objects.called(text))
        )


class GiftManager(models.Manager.from_queryset(GiftQuerySet)):  # type: ignore[misc]
    def find(self, code: str) -> "Gift":
        """The gift with a code as somebody typed it; raises Refused."""
        gift = self.select_related("price__plan").filter(code=normalised_code(code)).first()
        if gift is None:
            raise Refused(_("This is not a gift code. Please check it: it has twelve letters and digits."))
        return gift

    def read_by(self, person: Person) -> "models.QuerySet[Gift]":
        """Those by which `person` reads now, without a subscription."""
        found: models.QuerySet[Gift] = self.filter(
            entitlement__in=Entitlement.objects.filter(person=person).live()
        )
        return found


class Gift(Zoned):
    """A subscription for a time, bought for somebody, delivered on a day and redeemed by code."""

    code = models.CharField(max_length=14, unique=True, default=new_code)
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="gifts_bought"
    )
    buyer_name = models.CharField(max_length=100)
    price = models.ForeignKey(Price, on_delete=models.PROTECT, related_name="gifts")
    recipient_name = models.CharField(max_length=100)
    recipient_email = models.EmailField(db_index=True)
    message = models.TextField(blank=True, max_length=600)
    bought_at = models.DateTimeField(default=clock.now)
    deliver_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    redeemed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="gifts_redeemed"
    )
    redeemed_at = models.DateTimeField(null=True)
    entitlement = models.OneToOneField(Entitlement, on_delete=models.SET_NULL, null=True, related_name="gift")
    """The right that it gave; None where it was added to a subscription."""
    revoked_at = models.DateTimeField(null=True)
    """When the buyer got the money back."""

    objects: ClassVar[GiftManager] = GiftManager()

    class Meta:
        verbose_name = gettext_lazy("gift")
        verbose_name_plural = gettext_lazy("gifts")
        ordering = ["-bought_at", "-pk"]
        indexes = [models.Index(fields=["-bought_at", "-id"], name="gift_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(redeemed_at=None) | Q(revoked_at=None), name="gift_redeemed_or_revoked"
            ),
            models.CheckConstraint(condition=~Q(time_zone=""), name="gift_has_a_time_zone"),
        ]

    def __str__(self) -> str:
        return _("%(plan)s for %(name)s") % {"plan": self.price.plan, "name": self.recipient_name}

    @property
    def giver(self) -> str:
        """Without a name, once the account of whoever gave it is erased."""
        return self.buyer_name or _("Somebody")

    @property
    def length(self) -> Length:
        return Term(self.price.term).length

    def save(self, **kwargs: object) -> None:
        is_new = self._state.adding
        self.time_zone = self.time_zone or self.price.zone.key
        with transaction.atomic():
            super().save(**kwargs)  # type: ignore[arg-type]
            if is_new:
                Notice.objects.set_down(
                    GiftNotice.DELIVERY,
                    self.pk,
                    edition=self.price.edition,
                    email=self.recipient_email,
                    due_at=self.deliver_at,
                )

    def require_redeemable(self) -> None:
        self.require_unused()
        if self.expires_at <= clock.now():
            day = self.day(self.expires_at)
            raise Refused(
                _("This gift could be used until %s. Write to us, and we will see what we can do.") % day
            )

    def require_unused(self) -> None:
        if self.revoked_at:
            raise Refused(_("This gift was refunded, so its code no longer works."))
        if self.redeemed_at:
            day = self.day(self.redeemed_at)
            raise Refused(_("This code was used on %s. Each gift can be used once.") % day)

    def would_extend(self, person: Person) -> Subscription | None:
        """The subscription that it would be added to; None where it gives a right of its own."""
        return Subscription.objects.filter(person=person).reading().live().first()

    def would_last(self, person: Person) -> datetime:
        """Until when `person` would read, redeemed now."""
        now, months = clock.now(), self.length.count
        subscription = self.would_extend(person)
        if subscription is None:
            return self.later(self._start(person, now), months=months)
        if pause := subscription.pause:
            return pause.until + pause.lengthened(months=months)
        return subscription.lengthened(months=months)

    def would_last_until(self, person: Person) -> str:
        """The day of that, as they are told it."""
        return (self.would_extend(person) or self).day(self.would_last(person))

    @under_lock
    def redeem(self, person: Person) -> None:
        """Uses the code up: for whoever has a subscription as more of that, else as the right to read.

        The right begins when the last one that they have ends. Raises Refused.
        """
        self.require_redeemable()
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if subscription := self.would_extend(person):
            by = Actor.reader(person, _("Gift from %s") % self.giver)
            subscription.extend(by, months=self.length.count)
        else:
            self.entitlement = self._entitle(person)
        self.redeemed_by, self.redeemed_at = person, clock.now()
        # Whoever has it already needs no letter about it.
        Notice.objects.drop(GiftNotice.DELIVERY, self.pk)
        self.save()

    def _start(self, person: Person, now: datetime) -> datetime:
        """When the rights that `person` has end; raises Refused where they have no end."""
        start = Entitlement.objects.end_for(person, now) or now
        if start >= UNTIL_REVOKED:
            raise Refused(
                _("You read without limit already, and that has no end. Keep the code, or pass it on.")
            )
        return start

    def _entitle(self, person: Person) -> Entitlement:
        now = clock.now()
        start = self._start(person, now)
        end = self.later(start, months=self.length.count)
        row = Entitlement.objects.create(person=person, starts_at=start, ends_at=end, reason=_("A gift"))
        Notice.objects.set_down(
            GiftNotice.ENDS,
            self.pk,
            edition=self.price.edition,
            person=person,
            due_at=max(now, self.later(row.ends_at, days=-14)),
        )
        return row

    @property
    def is_usable(self) -> bool:
        return not (self.redeemed_at or self.revoked_at or self.expires_at <= clock.now())

    @property
    def state(self) -> str:
        if self.revoked_at:
            return _("Taken back")
        if self.redeemed_at:
            return _("Redeemed")
        if self.expires_at <= clock.now():
            return _("Expired")
        return _("To be delivered") if self.deliver_at > clock.now() else _("Delivered")

    @under_lock
    def send_again(self) -> None:
        """Has the letter with the code sent once more, now; raises Refused where the code is of no use."""
        self.require_redeemable()
        Notice.objects.set_down(
            GiftNotice.DELIVERY,
            self.pk,
            key=f"{clock.now():%Y-%m-%d %H:%M}",
            edition=self.price.edition,
            email=self.recipient_email,
        )

    @under_lock
    def revoke(self) -> None:
        """Makes the code useless, when its price is given back; raises Refused once it was used."""
        self.require_unused()
        self.revoked_at = clock.now()
        Notice.objects.drop(GiftNotice.DELIVERY, self.pk)
        self.save()


def absorb_rights(subscription: Subscription) -> None:
    """Adds to a subscription that begins what is left of its reader's gifts, and of one that ended unpaid."""
    now, left, said = clock.now(), timedelta(), set()
    theirs = Entitlement.objects.filter(person=subscription.person, ends_at__gt=now)
    for row in theirs.filter(Q(gift__isnull=False) | Q(remainder_of__isnull=False)).select_related("gift"):
        left += row.ends_at - max(row.starts_at, now)
        if row.remainder_of_id:
            said.add(_("What was left of your last subscription"))
        else:
            said.add(_("What was left of a gift"))
            Notice.objects.drop(GiftNotice.ENDS, row.gift.pk)
        _cut(row, now)
    if left:
        subscription.extend(Actor.reader(subscription.person, "; ".join(sorted(said))), time=left)


def _cut(row: Entitlement, at: datetime) -> None:
    if row.starts_at >= at:
        row.delete()
    else:
        row.ends_at = at
        row.save()
