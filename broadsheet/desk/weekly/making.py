"""The next issue: of which edition, with which number, of which days. It is filled by rule."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.widgets import AdminDateInput

from broadsheet.desk.weekly.access import may_edit_weekly, note_change
from broadsheet.people.models import Person
from broadsheet.platform.edition_field import editions
from broadsheet.weekly.filling import fill
from broadsheet.weekly.models import WeeklyIssue

TAKEN = gettext_lazy("There is an issue with this number already.")
MOST_DAYS = 62


class DaysForm(forms.Form):
    """Which number and days an issue has. `edition` and the issue itself are known or asked for by others."""

    number = forms.IntegerField(label=gettext_lazy("Number"), min_value=1, max_value=99_999)
    first_day = forms.DateField(label=gettext_lazy("First day"), widget=AdminDateInput)
    last_day = forms.DateField(label=gettext_lazy("Last day"), widget=AdminDateInput)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if fault := fault_of_days(typed):
            self.add_error("last_day", ValidationError(fault))
        return typed


def fault_of_days(typed: dict[str, Any]) -> str:
    first, last = typed.get("first_day"), typed.get("last_day")
    if not (first and last):
        return ""
    if last < first:
        return _("The last day comes before the first.")
    if (last - first).days >= MOST_DAYS:
        return _("An issue is of two months at most.")
    return ""


class MakeForm(DaysForm):
    edition = forms.ChoiceField(label=gettext_lazy("Edition"), choices=editions)
    field_order = ("edition", "number", "first_day", "last_day")


class MakeView(WagtailAdminTemplateMixin, FormView[MakeForm]):
    template_name = "desk/weekly/make.html"
    page_title = gettext_lazy("Make the next issue")
    header_icon = "doc-full-inverse"
    form_class = MakeForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_edit_weekly(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def edition(self) -> str:
        asked = self.request.GET.get("edition", "")
        return asked if asked in settings.EDITIONS else next(iter(settings.EDITIONS))

    def get_initial(self) -> dict[str, Any]:
        return {"edition": self.edition} | WeeklyIssue.objects.proposed(self.edition)._asdict()

    def form_valid(self, form: MakeForm) -> HttpResponse:
        person = cast(Person, self.request.user)
        try:
            with transaction.atomic():
                issue = WeeklyIssue.objects.create(**form.cleaned_data)
                count = fill(issue)
                note_change(issue, "weekly.make", person, "")
        except IntegrityError:
            form.add_error("number", TAKEN)
            return self.form_invalid(form)
        if count:
            said = ngettext("It has %d article.", "It has %d articles.", count) % count
            messages.success(self.request, said)
        else:
            messages.warning(self.request, _("Nothing was published in these days. Add articles by hand."))
        return redirect("weekly:arrange", issue.pk)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("weekly:index"), "label": _("Weekly issues")},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "media": context["form"].media,
            "edition": self.edition,
            "other_editions": [one for one in editions() if one[0] != self.edition],
        }
