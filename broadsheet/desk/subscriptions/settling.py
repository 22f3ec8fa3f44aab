"""Settling what staff had to look into: it says how, and that nothing more is to be done."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from broadsheet.desk.acts import Act


class SettleForm(forms.Form):
    why = forms.CharField(label=gettext_lazy("How it was settled"), max_length=200)


class Settle(Act):
    page_title = gettext_lazy("Settle")
    header_icon = "check"
    form_class = SettleForm
    examples: Any
    """Of how such a thing was settled."""

    def get_form(self, *args: Any, **options: Any) -> forms.Form:
        form: forms.Form = super().get_form(*args, **options)
        form.fields["why"].help_text = self.examples
        return form

    def act(self, typed: dict[str, Any]) -> str:
        self.object.settle(self.staff, typed["why"])
        return ""
