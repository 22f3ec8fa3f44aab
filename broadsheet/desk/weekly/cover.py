"""Number and days, cover, the editor's note and the week in numbers: all that an issue says itself."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList
from wagtail.admin.views import generic
from wagtail.permission_policies import ModelPermissionPolicy

from broadsheet.desk.weekly.access import (
    VERSION,
    crumbs,
    done_since,
    name_of_issue,
    note_change,
    shared,
    version_edited,
)
from broadsheet.desk.weekly.making import TAKEN, fault_of_days
from broadsheet.weekly.errors import ChangedMeanwhile, WeeklyIssueError
from broadsheet.weekly.models import WeeklyIssue
from broadsheet.weekly.models.life import EDITABLE


class CoverForm(WagtailAdminModelForm):
    class Meta(WagtailAdminModelForm.Meta):
        model = WeeklyIssue
        fields = (
            "cover",
            "cover_lines",
            "note",
            "note_by",
            "numbers",
            "number",
            "first_day",
            "last_day",
        )

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean()
        if fault := fault_of_days(typed):
            self.add_error("last_day", ValidationError(fault))
        others = WeeklyIssue.objects.of(self.instance.edition).exclude(pk=self.instance.pk)
        if (number := typed.get("number")) and others.filter(number=number).exists():
            self.add_error("number", ValidationError(TAKEN))
        return typed


class CoverView(generic.EditView):
    model = WeeklyIssue
    template_name = "desk/weekly/cover.html"
    header_icon = "doc-full-inverse"
    page_title = gettext_lazy("Cover and note")
    permission_policy = ModelPermissionPolicy(WeeklyIssue)
    permission_required = "change"
    any_permission_required = None
    index_url_name = "weekly:index"
    edit_url_name = "weekly:cover"
    panel = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldPanel("cover"),
                    HelpPanel(template="desk/weekly/cover_credit.html"),
                    FieldPanel("cover_lines"),
                ],
                heading=gettext_lazy("Cover"),
            ),
            MultiFieldPanel(
                [FieldPanel("note"), FieldPanel("note_by")], heading=gettext_lazy("Editor’s note")
            ),
            FieldPanel("numbers"),
            MultiFieldPanel(
                [
                    FieldPanel("number"),
                    FieldRowPanel([FieldPanel("first_day"), FieldPanel("last_day")]),
                ],
                heading=gettext_lazy("Number and days"),
            ),
        ],
        base_form_class=CoverForm,
    ).bind_to_model(WeeklyIssue)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = super().dispatch(request, *args, **kwargs)
        if self.object.state not in EDITABLE and response.status_code == 200:
            messages.warning(request, _("It is published: what is in it stays. Correct it instead."))
            return redirect("weekly:issue", self.object.pk)
        return response

    def get_form_class(self) -> Any:
        return self.panel.get_form_class()

    def get_panel(self) -> Any:
        return self.panel

    def get_success_url(self) -> str:
        return reverse("weekly:issue", args=[self.object.pk])

    def get_page_subtitle(self) -> str:
        return name_of_issue(self.object)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, *crumbs(self.object, self.page_title)]

    def form_valid(self, form: Any) -> HttpResponse:
        issue = WeeklyIssue.objects.get(pk=self.object.pk)
        try:
            with transaction.atomic(), issue.edited(version=version_edited(self.request)):
                for name, value in form.cleaned_data.items():
                    if name in CoverForm.Meta.fields:
                        setattr(issue, name, value)
        except ChangedMeanwhile as error:
            # Saved again, what is shown takes the place of the other's.
            self.version = error.issue.version
            self.told = done_since(error.issue, version_edited(self.request))
            return self._refused(form, f"{error.reason} {_('What you wrote is below, unsaved.')}")
        except IntegrityError:
            form.add_error("number", TAKEN)
            return self._refused(form, str(self.get_error_message()))
        except WeeklyIssueError as error:
            messages.warning(self.request, error.reason)
            return redirect("weekly:issue", issue.pk)
        if form.changed_data:
            labels = [str(form.fields[name].label) for name in form.changed_data if name in form.fields]
            note_change(issue, "weekly.words", self.request.user, ", ".join(labels))
        messages.success(self.request, _("Saved."))
        return redirect("weekly:issue", issue.pk)

    def _refused(self, form: Any, reason: str) -> HttpResponse:
        self.produced_error_message = reason
        return self.form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version = getattr(self, "version", None)
        if version is None:
            version = self.request.POST.get(VERSION, self.object.version)
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return (
            context
            | shared(self.object, self.request.user, "cover")
            | {"version": version, "told": getattr(self, "told", [])}
        )
