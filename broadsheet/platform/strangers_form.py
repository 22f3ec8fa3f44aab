"""What the forms have in common by which strangers write to us."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_MESSAGE = 5_000


class MessageField(forms.CharField):
    """A text in which a new line is one character, as the browser that counts along sees it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_MESSAGE)
        kwargs["error_messages"] = {
            "required": _("Enter your message."),
            "max_length": _("Your message has %(show_value)d characters. Please keep it to %(limit_value)d."),
        } | kwargs.get("error_messages", {})
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(str(value or "").replace("\r\n", "\n").replace("\r", "\n")))


class StrangersForm(forms.Form):
    """It has a field that a person doesn't see; what fills in every field of a page does."""

    nothing = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def clean_nothing(self) -> None:
        if self.cleaned_data["nothing"]:
            # Said openly, and mended by the answer, for a browser may have filled it in for a person.
            self.data = dict(self.data.items()) | {"nothing": ""}
            raise forms.ValidationError(
                _(
                    "A field that must stay empty was filled in. We have cleared it. Please send your"
                    " message again."
                )
            )

    @property
    def faults(self) -> list[tuple[str, str]]:
        """(id of the field or an empty string, what is wrong), in the order of the page."""
        found = [("", str(error)) for error in self.non_field_errors()]
        return found + [
            (field.id_for_label if field.name != "nothing" else "", str(error))
            for field in self
            for error in field.errors
        ]
