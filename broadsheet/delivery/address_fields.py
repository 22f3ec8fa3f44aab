"""The fields in which an address is typed. All of them take and keep the same ones, in the same form."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from broadsheet.delivery.addresses import LONGEST, NotAnAddress, NotForOurServer, reachable

INVALID = _("This does not look like an e-mail address. It should be like name@mail.example.")
NOT_FOR_OUR_SERVER = _("Our mail server takes only plain letters before the @. Please use another address.")


def address_in(typed: str) -> str:
    """The canonical form of the address; raises ValidationError where our mail can’t go there."""
    try:
        return reachable(typed)
    except NotForOurServer as error:
        raise ValidationError(NOT_FOR_OUR_SERVER, code="invalid") from error
    except NotAnAddress as error:
        raise ValidationError(INVALID, code="invalid") from error


class EmailField(forms.CharField):
    """An address in its canonical form, which is the account’s. Django’s own field has another rule."""

    widget = forms.EmailInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("E-mail address"))
        kwargs.setdefault("max_length", LONGEST)
        kwargs.setdefault("error_messages", {"required": _("Enter your e-mail address.")})
        super().__init__(**kwargs)
        self.widget.attrs.update(autocomplete="email", spellcheck="false", autocapitalize="none")

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        return address_in(typed) if typed else ""


if TYPE_CHECKING:
    _Text = models.CharField[str, str]
else:
    _Text = models.CharField


class EmailModelField(_Text):
    """Keeps an address as `EmailField` reads it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST)
        super().__init__(*args, **kwargs)

    def clean(self, value: str, model_instance: models.Model | None) -> str:
        return super().clean(address_in(value) if value else value, model_instance)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": EmailField} | kwargs)

    def deconstruct(self) -> Any:
        """To the database it is Django’s, so that migrations need no code of ours."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.EmailField", args, kwargs
