import secrets
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from broadsheet.delivery.addresses import readable
from broadsheet.people.models.person import Person, masked
from broadsheet.platform import clock

LIFETIME = timedelta(minutes=15)
MOST_TRIES = 5
KEPT_FOR = timedelta(days=1)


class Purpose(models.TextChoices):
    SIGN_IN = "sign-in", _("to sign in or register")
    CONFIRMATION = "confirmation", _("to confirm that a signed-in person is still there")
    NEW_ADDRESS = "new-address", _("to prove a new e-mail address")
    MAILBOX = "mailbox", _("to prove a mailbox, without signing in")
    LETTER = "letter", _("to prove who wrote a letter to the editor")
    E_READER = "e-reader", _("to prove the address of an e-reader")


class CodeRefused(Exception):
    """Why a code or link does not count. `reason` is a sentence for whoever typed or opened it."""

    def __init__(self, reason: str | Promise, *, can_retry: bool = False) -> None:
        super().__init__(reason)
        self.reason = str(reason)
        self.can_retry = can_retry


class MailedCodeManager(models.Manager["MailedCode"]):
    def issue(
        self,
        purpose: Purpose,
        email: str,
        *,
        next_path: str = "",
        person: Person | None = None,
        replaces: "MailedCode | None" = None,
        lifetime: timedelta = LIFETIME,
    ) -> "MailedCode":
        """A new code and link for `email`, in the plain (`code`, `token`) this once only.

        That of `replaces`, for which the same browser asked before, stop working; those that others asked for
        don't, or strangers could end them. Rows of no more use are swept.
        """
        now = clock.now()
        fresh = MailedCode(
            purpose=purpose, email=email, next_path=next_path, person=person, expires_at=now + lifetime
        )
        fresh.code = f"{secrets.randbelow(10**6):06}"
        fresh.token = secrets.token_urlsafe(32)
        fresh.code_digest = _digest(fresh.code, email)
        fresh.token_digest = _digest(fresh.token)
        with transaction.atomic():
            if replaces:
                self.filter(pk=replaces.pk, expires_at__gt=now).update(expires_at=now)
            self.filter(expires_at__lt=now - KEPT_FOR).delete()
            fresh.save()
        return fresh

    def prolong_newest(self, email: str) -> bool:
        """Lets the newest unused link to sign in as `email` count on; False where there is none.

        So whoever reads the mailbox gets in by it, however many messages strangers have asked for.
        """
        unused = self.filter(purpose=Purpose.SIGN_IN, email=email, used_at=None)
        newest = unused.filter(created_at__gt=clock.now() - KEPT_FOR).order_by("-created_at", "-pk").first()
        if newest is None:
            return False
        return bool(self.filter(pk=newest.pk, used_at=None).update(expires_at=clock.now() + LIFETIME))

    def with_token(self, token: str) -> "MailedCode | None":
        return self.filter(token_digest=_digest(token)).first()


class MailedCode(models.Model):
    """Six digits and a link in one message: whoever returns either of them reads mail at `email`.

    It stands for an address, not for an account: nobody is looked up and nobody is created until it
    comes back, so that asking tells a stranger nothing and fills no table of people.
    """

    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    email = models.EmailField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        help_text="Who asked, where they were signed in; never looked up by address.",
    )
    next_path = models.CharField(max_length=500, blank=True)
    code_digest = models.CharField(max_length=64)
    token_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    objects: ClassVar[MailedCodeManager] = MailedCodeManager()

    code = ""
    """The digits; known only to the instance that `issue` made."""
    token = ""
    """The secret part of the link; known only to the instance that `issue` made."""

    class Meta:
        indexes = [models.Index(fields=["email", "purpose"], name="mailed_code_address")]
        constraints = [
            models.CheckConstraint(condition=Q(tries__lte=MOST_TRIES), name="mailed_code_few_tries")
        ]

    def __str__(self) -> str:
        return f"{self.purpose} at {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def readable_email(self) -> str:
        return readable(self.email)

    @property
    def masked_email(self) -> str:
        return masked(self.email)

    @property
    def has_tries(self) -> bool:
        return self.tries < MOST_TRIES

    def require_live(self) -> None:
        """Raises CodeRefused where the link can't count any more, and so the code neither."""
        if self.used_at:
            raise CodeRefused(_("This code has already been used. Ask for a new one."))
        if self.expires_at <= clock.now():
            raise CodeRefused(_("This code has expired, or a newer one has replaced it. Ask for a new one."))

    def require_tries(self) -> None:
        """Raises CodeRefused where the code can't count any more. The link does, which nobody can guess."""
        self.require_live()
        if self.has_tries:
            return
        if self.purpose == Purpose.SIGN_IN:
            raise CodeRefused(_("Too many tries. Open the link in the message, or ask for a new code."))
        raise CodeRefused(_("Too many tries for this code. Ask for a new one."))

    def redeem_code(self, typed: str) -> None:
        """Counts a try, and uses the code up if `typed` is it; else raises CodeRefused."""
        self.require_tries()
        counted = self._still_live().update(tries=F("tries") + 1)
        self.refresh_from_db()
        if not counted:
            self.require_tries()
        if not constant_time_compare(_digest(typed, self.email), self.code_digest):
            left = MOST_TRIES - self.tries
            if not left:
                self.require_tries()
            raise CodeRefused(_("That is not the code we sent. Please check it."), can_retry=True)
        self._use_up()

    def redeem_link(self) -> None:
        """Uses the link up, once and for one of any who try at the same time; else raises CodeRefused."""
        self.require_live()
        self._use_up()

    def _use_up(self) -> None:
        won = type(self).objects.filter(pk=self.pk, used_at=None).update(used_at=clock.now())
        self.refresh_from_db()
        if not won:
            self.require_live()

    def _still_live(self) -> models.QuerySet["MailedCode"]:
        return type(self).objects.filter(
            pk=self.pk, used_at=None, expires_at__gt=clock.now(), tries__lt=MOST_TRIES
        )


def _digest(secret: str, context: str = "") -> str:
    # Keyed, because the digest of six digits alone could be found by trying them all.
    return salted_hmac("broadsheet.people.mailed_code", f"{context}:{secret}", algorithm="sha256").hexdigest()
