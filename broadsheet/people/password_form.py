from typing import Any

from allauth.account.forms import LoginForm

from broadsheet.delivery.address_fields import EmailField


class SignInByPasswordForm(LoginForm):
    """allauth's, with our rule for the address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = EmailField()
