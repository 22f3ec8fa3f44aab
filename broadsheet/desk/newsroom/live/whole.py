"""What an editor does to a coverage as a whole: it ends here, and is taken up again."""

from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from broadsheet.desk.newsroom.live.desk import LiveDesk, oversees
from broadsheet.editorial.models import Coverage, NotPostedError
from broadsheet.people.models import Person


class SummaryForm(forms.ModelForm[Coverage]):
    class Meta:
        model = Coverage
        fields = ("summary",)


class Overseen(LiveDesk):
    """What an editor does to the coverage as a whole."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not oversees(cast(Person, request.user)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class EndView(Overseen):
    form_class = SummaryForm
    explanation = gettext_lazy(
        "The page says when it ended, and stops asking for new entries. It can be taken up again."
    )

    @property
    def page_title(self) -> str:
        return _("Summary") if self.coverage.ended_at else _("End the coverage")

    @property
    def button(self) -> str:
        return _("Save") if self.coverage.ended_at else _("End the coverage")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": Coverage.of(self.article)}

    def form_valid(self, form: SummaryForm) -> HttpResponse:
        try:
            with transaction.atomic():
                if self.coverage.end(form.cleaned_data["summary"]):
                    self.note("live.end", "")
        except NotPostedError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        messages.success(self.request, _("The coverage has ended."))
        return redirect(self.get_success_url())


class TakeUpView(Overseen):
    page_title = gettext_lazy("Take up the coverage again")
    form_class = forms.Form
    button = gettext_lazy("Take up again")
    explanation = gettext_lazy("The page says “Live” again, and entries can be posted.")

    def form_valid(self, form: forms.Form) -> HttpResponse:
        with transaction.atomic():
            if self.coverage.take_up_again():
                self.note("live.take_up", "")
        messages.success(self.request, _("The coverage goes on."))
        return redirect(self.get_success_url())
