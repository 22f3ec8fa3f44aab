from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from broadsheet.people import letters
from broadsheet.people.confirmation import confirmed_recently
from broadsheet.people.models import Person
from broadsheet.people.paths import local_path
from broadsheet.platform.http.editions import front_path

NOTICES = {
    "mfa/email/recovery_codes_generated": _("New recovery codes were made. The old ones no longer work."),
    "mfa/email/totp_activated": _("An authenticator app was added as a second factor."),
    "mfa/email/totp_deactivated": _("The authenticator app was removed."),
    "mfa/email/webauthn_added": _("A passkey was added."),
    "mfa/email/webauthn_removed": _("A passkey was removed."),
}


class AccountAdapter(DefaultAccountAdapter):
    """allauth's ways, with our addresses and letters."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "The e-mail address and password don’t match. You can always use a code."
        ),
        "too_many_login_attempts": _("Too many wrong passwords. Wait a few minutes, or use a code."),
        "incorrect_password": _("That is not your password."),
    }

    def is_safe_url(self, url: str) -> bool:
        return bool(local_path(url))

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return front_path()

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        # Asking for a code left a short-lived session behind.
        request.session.set_expiry(None)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        return not confirmed_recently(self.request)

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, Any]]:
        methods = super().get_reauthentication_methods(user)
        if second_factor := [method for method in methods if method["id"].startswith("mfa")]:
            return second_factor
        if not user.is_authenticated:
            return []
        code = {"id": "code", "description": _("Get a code by e-mail"), "url": reverse("people:confirm")}
        return [*methods, code]

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Person,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        letters.post_notice(self.request, email or user.email, str(NOTICES[template_prefix]))
