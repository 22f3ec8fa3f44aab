import secrets
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from broadsheet.editorial.models import Publication
from broadsheet.membership.models import Gift, Subscription
from broadsheet.paywall.models.meter import Meter
from broadsheet.paywall.period import Period, calendar_month
from broadsheet.people.models import Person
from broadsheet.platform import clock

LONGEST_PRESS = 32
SAME_PRESS = timedelta(minutes=1)
"""How long a press that comes again is the same one: a double click, or a page sent once more."""


class NoGiftLeftError(Exception):
    """The giver has given away all that a month has."""


class Ending(models.TextChoices):
    """Why a link opens nothing any more."""

    REVOKED = "revoked", _("taken back")
    EXPIRED = "expired", _("expired")
    USED_UP = "used-up", _("used up")


def make_token() -> str:
    return secrets.token_urlsafe(24)


def present_month() -> Period:
    """The calendar month that gifts are counted in, whatever span the meter has."""
    return calendar_month(clock.now(), Publication.load().zone)


class GiftLinkQuerySet(models.QuerySet["GiftLink"]):
    def live(self, at: datetime | None = None) -> Self:
        """Those that open the article to one more visitor `at` a moment (now, unless told)."""
        return self.filter(revoked_at=None, expires_at__gt=at or clock.now(), opens__lt=F("opens_allowed"))

    def counted_in(self, month: Period) -> Self:
        """Those made in it. One that was revoked before anybody opened it is given back."""
        made = self.filter(created_at__gte=month.starts_at, created_at__lt=month.ends_at)
        return made.exclude(revoked_at__isnull=False, opens=0)

    def ended_before(self, at: datetime) -> Self:
        return self.filter(Q(expires_at__lt=at) | Q(revoked_at__lt=at))

    @staticmethod
    def allowed(giver: Person) -> int:
        """How many articles `giver` may give away a month: as their plan says, else the meter."""
        meter = Meter.load()
        if not meter.lets_give:
            return meter.gift_links
        subscription = Subscription.objects.of(giver)
        plans = [subscription.price.plan] if subscription and subscription.is_live else []
        plans += [gift.price.plan for gift in Gift.objects.read_by(giver).select_related("price__plan")]
        own = [plan.gift_links for plan in plans if plan.gift_links is not None]
        return max(own, default=meter.gift_links)

    def left(self, giver: Person) -> int:
        """How many articles `giver` may still give away this month."""
        given = self.filter(giver=giver).counted_in(present_month()).count()
        return max(0, self.allowed(giver) - given)

    def give(self, giver: Person, article: UUID) -> "GiftLink":
        """The giver's live link to `article`, else a new one; raises NoGiftLeftError.

        The giver's row is the lock, so that posts at the same time give no more than there is left.
        """
        with transaction.atomic():
            Person.objects.select_for_update().only("pk").get(pk=giver.pk)
            if found := self.filter(giver=giver, article=article).live().first():
                return found
            if not self.left(giver):
                raise NoGiftLeftError
            meter, now = Meter.load(), clock.now()
            return self.create(
                giver=giver,
                article=article,
                created_at=now,
                expires_at=now + timedelta(days=meter.gift_days),
                opens_allowed=meter.gift_opens,
            )


class GiftLink(models.Model):
    """An article that a subscriber gives away: opens it to so many visitors, until it expires."""

    giver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="gift_links")
    article = models.UUIDField()
    token = models.CharField(max_length=48, unique=True, default=make_token, editable=False)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    opens_allowed = models.PositiveSmallIntegerField()
    opens = models.PositiveSmallIntegerField(default=0)
    last_press = models.CharField(
        max_length=LONGEST_PRESS, blank=True, help_text="The press of the button that was counted last."
    )
    last_pressed_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = GiftLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens__gte=0) & Q(opens__lte=F("opens_allowed")),
                name="gift_link_opens_within_its_limit",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="gift_link_expires_after_creation"
            ),
        ]
        indexes = [
            models.Index(fields=["giver", "created_at"]),
            models.Index(fields=["expires_at"]),  # for the sweep
        ]

    def __str__(self) -> str:
        return f"{self.giver}: {self.article} ({self.opens}/{self.opens_allowed})"

    @property
    def address(self) -> str:
        """Absolute, in the edition that is active."""
        return f"{settings.PUBLIC_URL}{reverse('gift', args=[self.token])}"

    @property
    def ending(self) -> Ending | None:
        """None while it is live."""
        if self.revoked_at:
            return Ending.REVOKED
        if clock.now() >= self.expires_at:
            return Ending.EXPIRED
        return Ending.USED_UP if self.opens >= self.opens_allowed else None

    def open(self, press: str = "") -> bool:
        """Whether the article opens to whoever pressed the button, which counts one open.

        One conditional update decides, in the database, between all who press at once. `press` names one
        form in one browser, so that what is sent twice, as by a double click, counts once, even where it was
        the last: for so long as `SAME_PRESS`.
        """
        press, now = press[:LONGEST_PRESS], clock.now()
        this = GiftLink.objects.filter(pk=self.pk)
        same = Q(last_press=press, last_pressed_at__gt=now - SAME_PRESS) if press else Q(pk=None)
        if this.live().exclude(same).update(opens=F("opens") + 1, last_press=press, last_pressed_at=now):
            return True
        return this.filter(same, revoked_at=None, expires_at__gt=now).exists()

    def revoke(self) -> None:
        """Opens it to nobody else. It stays open, until it expires, to those who opened it before."""
        GiftLink.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=clock.now())
        self.refresh_from_db(fields=["revoked_at"])
