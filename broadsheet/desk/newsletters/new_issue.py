"""A new issue: of which newsletter, for which day, and of what."""

from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.widgets import AdminDateInput

from broadsheet.newsletters.models import Issue, Newsletter
from broadsheet.people.models import Person

TAKEN = gettext_lazy("There is one for that day already.")


class NewIssueForm(forms.Form):
    newsletter = forms.ModelChoiceField(Newsletter.objects.all(), label=gettext_lazy("Newsletter"))
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of issue"),
        choices=[
            (Issue.Kind.DIGEST, gettext_lazy("Articles, by the newsletter’s rule")),
            (Issue.Kind.WRITTEN, gettext_lazy("My own text")),
            (Issue.Kind.WELCOME, gettext_lazy("A letter of the series for new readers")),
        ],
        widget=forms.RadioSelect,
        initial=Issue.Kind.WRITTEN,
    )
    send_on = forms.DateField(
        label=gettext_lazy("Day on which it goes out"), required=False, widget=AdminDateInput
    )
    welcome_day = forms.IntegerField(
        label=gettext_lazy("Or, in the series: days after the sign-up"),
        required=False,
        min_value=0,
        max_value=400,
    )

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("kind") == Issue.Kind.WELCOME:
            typed["send_on"] = None
            if typed.get("welcome_day") is None and "welcome_day" not in self.errors:
                self.add_error("welcome_day", ValidationError(_("Say on which day of the series.")))
        else:
            typed["welcome_day"] = None
            if typed.get("send_on") is None and "send_on" not in self.errors:
                self.add_error("send_on", ValidationError(_("Say on which day it goes out.")))
        return typed


class NewIssueView(WagtailAdminTemplateMixin, FormView[NewIssueForm]):
    template_name = "desk/newsletters/new_issue.html"
    page_title = gettext_lazy("New issue")
    header_icon = "mail"
    form_class = NewIssueForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm("newsletters.add_issue"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        """From the calendar: a newsletter and a day."""
        asked = self.request.GET
        initial = {name: asked[name] for name in ("newsletter", "send_on", "kind") if name in asked}
        return super().get_initial() | initial

    def form_valid(self, form: NewIssueForm) -> HttpResponse:
        person = cast(Person, self.request.user)
        try:
            with transaction.atomic():
                issue = Issue.objects.create(**form.cleaned_data, edited_by=person)
                if issue.kind == Issue.Kind.DIGEST:
                    count = issue.assemble(by=person)
                    issue.subject = issue.subject_by_rule
                    issue.save(update_fields=["subject"])
                    if not count:
                        messages.warning(self.request, _("Nothing new fits its rule. Add articles by hand."))
        except IntegrityError:
            form.add_error(
                "welcome_day" if form.cleaned_data["welcome_day"] is not None else "send_on", TAKEN
            )
            return self.form_invalid(form)
        return redirect("issues:digest" if issue.kind == Issue.Kind.DIGEST else "issues:words", issue.pk)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("issues:index"), "label": _("Issues")},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"media": context["form"].media}
