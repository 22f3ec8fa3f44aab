from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from broadsheet.delivery.models import Suppression
from broadsheet.editorial.models.publication import TimeZoneField
from broadsheet.newsletters.models.mailbox import Mailbox, is_active
from broadsheet.newsletters.models.newsletter import Newsletter
from broadsheet.people.models import MailedCode
from broadsheet.platform import clock

if TYPE_CHECKING:
    from broadsheet.newsletters.models.welcome import Welcomed


REASON_WITHIN = timedelta(hours=1)


class Place(models.TextChoices):
    """Where somebody signed up."""

    ARTICLE = "article", _("in an article")
    WALL = "wall", _("at the wall")
    FRONT = "front", _("on the front")
    PAGE = "page", _("on the newsletters page")
    ACCOUNT = "account", _("in the account")
    PREFERENCES = "preferences", _("in the preferences")
    IMPORT = "import", _("imported")
    STAFF = "staff", _("by the staff")


class Leaving(models.TextChoices):
    """How somebody left."""

    PREFERENCES = "preferences", _("in the preferences")
    ONE_CLICK = "one_click", _("by one click in the mail program")
    PROVIDER = "provider", _("reported by the mail provider")
    COMPLAINT = "complaint", _("called it spam")
    ACCOUNT = "account", _("in the account")
    STAFF = "staff", _("by the staff")
    ERASED = "erased", _("erased")
    BEFORE = "before", _("before the magazine moved here")


class Reason(models.TextChoices):
    """Why, if they say so."""

    TOO_OFTEN = "too_often", _("It comes too often")
    NOT_FOR_ME = "not_for_me", _("It is not what I was looking for")
    NEVER_ASKED = "never_asked", _("I never signed up")
    READ_ELSEWHERE = "elsewhere", _("I read the magazine elsewhere")
    OTHER = "other", _("Something else")


class SignUpQuerySet(models.QuerySet["SignUp"]):
    def confirmed(self) -> Self:
        return self.filter(state=SignUp.State.CONFIRMED)

    def pending(self) -> Self:
        return self.filter(state=SignUp.State.PENDING)

    def left_just_now(self) -> Self:
        """Those of which one may still ask why."""
        return self.filter(state=SignUp.State.LEFT, left_at__gt=clock.now() - REASON_WITHIN)

    def receiving(self, at: datetime | None = None) -> Self:
        """Those that an issue may go to: confirmed, of mailboxes neither paused, resting nor erased."""
        return self.confirmed().filter(is_active(at or clock.now(), "mailbox__"))


class SignUp(models.Model):
    """That a mailbox gets a newsletter, waits for a confirmation, or has left."""

    class State(models.TextChoices):
        PENDING = "pending", _("not confirmed yet")
        CONFIRMED = "confirmed", _("confirmed")
        LEFT = "left", _("left")

    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="sign_ups")
    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="sign_ups", db_index=False)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.PENDING)
    place = models.CharField(_("place"), max_length=11, choices=Place.choices)
    asked_at = models.DateTimeField(_("signed up"), default=clock.now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    leaving = models.CharField(_("how they left"), max_length=11, choices=Leaving.choices, blank=True)
    reason = models.CharField(_("reason"), max_length=11, choices=Reason.choices, blank=True)
    words = models.CharField(_("in their words"), max_length=300, blank=True)

    objects = SignUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        ordering = ["pk"]
        constraints = [
            # The mailbox first, so that all of a reader's are found.
            models.UniqueConstraint(fields=["mailbox", "newsletter"], name="sign_up_once_for_a_mailbox"),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False),
                name="sign_up_confirmed_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="left", left_at__isnull=False) & ~Q(leaving="")
                | (~Q(state="left") & Q(left_at=None, leaving="", reason="", words="")),
                name="sign_up_left_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["newsletter", "state"]),
            models.Index(fields=["state", "asked_at"]),
            models.Index(fields=["newsletter", "confirmed_at"]),
            models.Index(fields=["newsletter", "left_at"]),
        ]

    if TYPE_CHECKING:
        consents: models.QuerySet["Consent"]
        welcomed: models.QuerySet[Welcomed]

    def __str__(self) -> str:
        return f"{self.newsletter}: {self.mailbox}"

    @property
    def is_confirmed(self) -> bool:
        return self.state == self.State.CONFIRMED

    # Each says whether it changed anything: buttons are pressed twice, and mail programs ask again.

    def confirm(self, place: Place | None = None) -> bool:
        """Whoever had left gets it again."""
        return self._move(
            [self.State.PENDING, self.State.LEFT],
            state=self.State.CONFIRMED,
            place=place or self.place,
            confirmed_at=clock.now(),
            left_at=None,
            leaving="",
            reason="",
            words="",
        )

    def leave(self, how: Leaving) -> bool:
        return self._move(
            [self.State.PENDING, self.State.CONFIRMED],
            state=self.State.LEFT,
            left_at=clock.now(),
            leaving=how,
        )

    def explain(self, reason: str, words: str = "") -> bool:
        """Keeps why somebody left, which nobody has to say."""
        return self._move([self.State.LEFT], reason=reason, words=" ".join(words.split())[:300])

    def _move(self, before: list[State], **after: object) -> bool:
        moved = SignUp.objects.filter(pk=self.pk, state__in=before).update(**after)
        self.refresh_from_db()
        return bool(moved)


class ConsentQuerySet(models.QuerySet["Consent"]):
    def confirm(self, mailed: MailedCode) -> Mailbox | None:
        """The mailbox that `mailed` proves, with all that was asked for beside it confirmed."""
        asked = list(self.filter(mailed=mailed).select_related("sign_up__mailbox", "sign_up__newsletter"))
        with transaction.atomic():
            for consent in asked:
                consent.confirm()
        mailbox = asked[0].sign_up.mailbox if asked else Mailbox.objects.at(mailed.email).first()
        if mailbox is None or mailbox.is_erased:
            return None
        mailbox.see()
        if asked:
            # What was thought not to arrive, or unwelcome, was read, and asked for.
            Suppression.objects.active().of(mailbox.address).exclude(reason=Suppression.Reason.STAFF).update(
                lifted_at=clock.now()
            )
        return mailbox


class Consent(models.Model):
    """That somebody agreed to get a newsletter: which words were shown, when, and where. Written once."""

    sign_up = models.ForeignKey(SignUp, on_delete=models.CASCADE, related_name="consents")
    words = models.TextField(_("words"))
    place = models.CharField(_("place"), max_length=11, choices=Place.choices)
    # The path of the page.
    page = models.CharField(_("page"), max_length=300, blank=True)
    network_address = models.GenericIPAddressField(_("network address"), null=True, blank=True)
    given_at = models.DateTimeField(_("given"), default=clock.now)
    # When the mailbox was proven; None: not yet.
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    # The message by which it is confirmed; None: that is done with, or none was needed.
    mailed = models.ForeignKey(
        MailedCode, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    # As the browser said it; it is kept of a proven mailbox alone.
    time_zone = TimeZoneField(blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        ordering = ["given_at", "pk"]

    def __str__(self) -> str:
        return f"{self.sign_up}, {self.given_at:%Y-%m-%d %H:%M}"

    def confirm(self) -> None:
        """What was asked for, by whoever reads the mailbox."""
        Consent.objects.filter(pk=self.pk).update(confirmed_at=clock.now(), mailed=None)
        self.sign_up.confirm(Place(self.place))
        if self.time_zone:
            Mailbox.objects.filter(pk=self.sign_up.mailbox_id, time_zone="").update(time_zone=self.time_zone)
