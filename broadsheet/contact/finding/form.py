import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from broadsheet.billing.models.payment import last_day_of
from broadsheet.contact.fields import ArticleField
from broadsheet.delivery.address_fields import EmailField
from broadsheet.people.finding import Clues
from broadsheet.platform.strangers_form import MessageField, StrangersForm

MONTH = re.compile(r"(0?[1-9]|1[0-2])\s*[/.\- ]\s*(?:20)?(\d{2})|(0[1-9]|1[0-2])(\d{2})", re.ASCII)


class ExpiryField(forms.CharField):
    """The month as a card has it: “03/29”. Cleaned it is the month’s last day, or None."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 7})

    def clean(self, value: Any) -> date | None:
        typed = super().clean(value).strip()
        if not typed:
            return None
        found = MONTH.fullmatch(typed)
        if found is None:
            raise forms.ValidationError(_("Enter the month and the year as on the card, as in 03/29."))
        return last_day_of(2000 + int(found[2] or found[4]), int(found[1] or found[3]))


class DigitsField(forms.CharField):
    """The last four digits of a card. Of a whole number, which nobody should send, no more is kept."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 5})

    def clean(self, value: Any) -> str:
        digits = re.sub(r"\D", "", super().clean(value), flags=re.ASCII)
        if value and len(digits) < 4:
            raise forms.ValidationError(_("Enter the last four digits of the card."))
        return digits[-4:]


class FindForm(StrangersForm):
    article = ArticleField(required=False)
    email = EmailField(label=_("An e-mail address that you may have used"), required=False)
    number = forms.CharField(
        label=_("The number on the label of a printed issue, or of your subscription"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    last_digits = DigitsField(label=_("The last four digits of the card"), required=False, max_length=24)
    expires_on = ExpiryField(
        label=_("The month in which it expires"), help_text=_("As in 03/29."), required=False, max_length=10
    )
    name = forms.CharField(
        label=_("Your name"),
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    postcode = forms.CharField(
        label=_("Your postcode or ZIP code"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    reply_to = EmailField(
        label=_("An e-mail address at which we can reply"),
        help_text=_("Only if you want our staff to look, should nothing be found."),
        required=False,
    )
    message = MessageField(
        label=_("What else we should know"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "find-%s")
        super().__init__(*args, **kwargs)

    @property
    def clues(self) -> Clues:
        known = {name: self.cleaned_data.get(name) for name in Clues.__dataclass_fields__}
        return Clues(**{name: value for name, value in known.items() if value})

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if self.errors:
            return typed
        clues = self.clues
        if clues.expires_on and not clues.last_digits:
            self.add_error("last_digits", _("Enter the last four digits of the card as well."))
        if clues.last_digits and not clues.expires_on:
            self.add_error("expires_on", _("Enter the month in which the card expires as well."))
        if clues.last_digits and clues.expires_on and not clues.has_card:
            self.add_error("postcode", _("With a card, enter your postcode or your name as well."))
        if clues.number and not clues.postcode:
            self.add_error("postcode", _("With the number, enter your postcode as well."))
        if clues.name and not (clues.has_name or clues.has_card):
            self.add_error("postcode", _("With your name, enter your postcode as well."))
        if typed.get("message") and not typed.get("reply_to"):
            self.add_error("reply_to", _("Enter an address at which we can reply to your message."))
        if not self.errors and not clues.are_enough:
            raise forms.ValidationError(_("Tell us at least one of these, and we will look."))
        return typed
