"""What an issue says in its own words, whom it is for, and when it goes out: all that isn't its articles."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.views import generic
from wagtail.permission_policies import ModelPermissionPolicy

from broadsheet.desk.newsletters.access import VERSION, version_edited
from broadsheet.newsletters.issues.errors import EditedMeanwhile, IssueError
from broadsheet.newsletters.models import Issue


class IssueForm(WagtailAdminModelForm):
    class Meta(WagtailAdminModelForm.Meta):
        model = Issue
        fields = (
            "subject",
            "preheader",
            "note",
            "body",
            "send_on",
            "send_at",
            "welcome_day",
            "segment",
            "subject_b",
            "sample_percent",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_welcome = self.instance.kind == Issue.Kind.WELCOME
        for name in ("send_on", "send_at", "subject_b", "sample_percent") if is_welcome else ("welcome_day",):
            self.fields.pop(name, None)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean()
        if bool(typed.get("subject_b")) != bool(typed.get("sample_percent")) and "subject_b" in self.fields:
            self.add_error(
                "sample_percent", ValidationError(_("Two subjects need a sample, and a sample two subjects."))
            )
        return typed


class WordsView(generic.EditView):
    model = Issue
    template_name = "desk/newsletters/words.html"
    header_icon = "mail"
    page_title = gettext_lazy("Text and details")
    permission_policy = ModelPermissionPolicy(Issue)
    permission_required = "change"
    any_permission_required = None
    index_url_name = "issues:index"
    edit_url_name = "issues:words"
    panel = ObjectList(
        [
            MultiFieldPanel(
                [FieldPanel("subject"), FieldPanel("preheader")], heading=gettext_lazy("In the mailbox")
            ),
            FieldPanel("note"),
            FieldPanel("body"),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("send_on"), FieldPanel("send_at")]),
                    FieldPanel("welcome_day"),
                    FieldPanel("segment"),
                ],
                heading=gettext_lazy("When, and to whom"),
            ),
            MultiFieldPanel(
                [FieldRowPanel([FieldPanel("subject_b"), FieldPanel("sample_percent")])],
                heading=gettext_lazy("Two subjects"),
                help_text=gettext_lazy(
                    "Half of the sample gets one subject, half the other. Two hours after the first of them"
                    " have it, everyone else gets the one of which more links were pressed."
                ),
            ),
        ],
        base_form_class=IssueForm,
    ).bind_to_model(Issue)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = super().dispatch(request, *args, **kwargs)
        if self.object.state != Issue.State.DRAFT and response.status_code == 200:
            messages.warning(request, _("Only a draft can be edited. Return it to draft first."))
            return redirect("issues:issue", self.object.pk)
        return response

    def get_form_class(self) -> Any:
        return self.panel.get_form_class()

    def get_panel(self) -> Any:
        return self.panel

    def get_success_url(self) -> str:
        return reverse("issues:issue", args=[self.object.pk])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("issues:index"), "label": _("Issues")},
            {"url": self.get_success_url(), "label": str(self.object)},
            {"url": "", "label": self.page_title},
        ]

    def form_valid(self, form: Any) -> HttpResponse:
        issue = Issue.objects.get(pk=self.object.pk)
        try:
            with issue.edited(by=self.request.user, version=version_edited(self.request)):
                written = form.save(commit=False)
                written.save(update_fields=[*form.cleaned_data])
        except EditedMeanwhile as error:
            # Saved again, what is shown takes the place of the other's.
            self.version = error.issue.version
            form.add_error(None, error.reason)
            self.produced_error_message = error.reason
            return self.form_invalid(form)
        except IssueError as error:
            messages.warning(self.request, error.reason)
            return redirect("issues:issue", issue.pk)
        messages.success(self.request, _("Saved."))
        return redirect("issues:issue", issue.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version = getattr(self, "version", None)
        if version is None:
            version = self.request.POST.get(VERSION, self.object.version)
        return super().get_context_data(**kwargs) | {"version": version, "issue": self.object}
