from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from broadsheet.newsletters.models.mailbox import Mailbox
from broadsheet.newsletters.models.newsletter import Newsletter
from broadsheet.platform import clock

if TYPE_CHECKING:
    from broadsheet.newsletters.models.welcome import Welcomed


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


class Reason(models.TextChoices):
    """Why, if they say so."""

    TOO_OFTEN = "too_often", _("It comes too often")
    NOT_FOR_ME = "not_for_me", _("It is not about what I look for")
    NEVER_ASKED = "never_asked", _("I never signed up")
    READ_ELSEWHERE = "elsewhere", _("I read the magazine elsewhere")
    OTHER = "other", _("Something else")


class SignUpQuerySet(models.QuerySet["SignUp"]):
    def confirmed(self) -> Self:
        return self.filter(state=SignUp.State.CONFIRMED)

    def pending(self) -> Self:
        return self.filter(state=SignUp.State.PENDING)

    def receiving(self, at: datetime | None = None) -> Self:
        """Those that an issue may go to: confirmed, of mailboxes neither paused, resting nor erased."""
        at = at or clock.now()
        return self.confirmed().filter(
            Q(mailbox__paused_until=None) | Q(mailbox__paused_until__lte=at),
            mailbox__erased_at=None,
            mailbox__rested_at=None,
        )


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
            models.Index(fields=["newsletter", "confirmed_at"]),
            models.Index(fields=["newsletter", "left_at"]),
        ]

    if TYPE_CHECKING:
        consents: models.QuerySet["Consent"]
        welcomed: models.QuerySet[Welcomed]

    def __str__(self) -> str:
        return f"{self.newsletter}: {self.mailbox}"


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

    class Meta:
        verbose_name = _("consent")
        ordering = ["given_at", "pk"]

    def __str__(self) -> str:
        return f"{self.sign_up}, {self.given_at:%Y-%m-%d %H:%M}"
