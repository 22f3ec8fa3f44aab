"""allauth's forms for passkeys, made safe against credentials that no browser sends.

Its parser raises KeyError and others on malformed ones, of which it catches some.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

UNREADABLE = _("This is not a passkey that we can read. Try again.")
RAISED_BY_THE_PARSER = (ValueError, TypeError, KeyError, IndexError, AttributeError)


class AddPasskeyForm(forms.AddWebAuthnForm):
    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except RAISED_BY_THE_PARSER as error:
            raise ValidationError({"credential": UNREADABLE}) from error
        return cleaned


class _SafeCredential:
    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except RAISED_BY_THE_PARSER as error:
            raise ValidationError(UNREADABLE) from error


class SignInPasskeyForm(_SafeCredential, forms.LoginWebAuthnForm):
    pass


class SecondFactorPasskeyForm(_SafeCredential, forms.AuthenticateWebAuthnForm):
    pass


class ConfirmPasskeyForm(_SafeCredential, forms.ReauthenticateWebAuthnForm):
    pass
