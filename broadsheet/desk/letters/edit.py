"""Editing a letter in a copy beside the original."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from broadsheet.desk.letters.acts import LetterAct
from broadsheet.editorial.letters.form import LetterTextField
from broadsheet.editorial.letters.wording import Change, differences


class EditForm(forms.Form):
    text = LetterTextField(
        label=gettext_lazy("As we would publish it"),
        widget=forms.Textarea(attrs={"rows": 16, "dir": "auto"}),
        help_text=gettext_lazy(
            "White space and the form of quotation marks are ours to set. Any other change needs the writer’s"
            " agreement."
        ),
    )
    seen = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)


class Edit(LetterAct):
    page_title = gettext_lazy("Edit")
    header_icon = "edit"
    template_name = "desk/letters/edit.html"
    action = "letter.edit"
    form_class: type[forms.Form] = EditForm
    button = gettext_lazy("Save")
    done = gettext_lazy("Our text is kept.")

    def get_initial(self) -> dict[str, Any]:
        return {"text": self.object.draft, "seen": self.object.draft}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"letter": self.object}

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        """Where somebody was quicker, their text is shown; whoever saves again has seen it."""
        self.object.refresh_from_db()
        if form.non_field_errors():
            data = self.request.POST.copy()
            data["seen"] = self.object.draft
            form.data = data
        return super().form_invalid(form)

    def act(self, typed: dict[str, Any]) -> str:
        before = self.object.draft
        self.object.edit(typed["text"], seen=typed["seen"].replace("\r\n", "\n"))
        changes = sum(run.change != Change.NONE for run in differences(before, self.object.draft))
        if not changes:
            return _("Nothing was changed")
        return ngettext("%d change", "%d changes", changes) % changes
