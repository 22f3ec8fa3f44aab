"""Experiments with the wall: plan one, see what it shows, end it."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    ObjectList,
)
from wagtail.admin.ui.tables import DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log

from broadsheet.desk.newsroom.places import EditionField
from broadsheet.desk.paywall.edition_column import EditionColumn
from broadsheet.desk.paywall.wordings import PLACEHOLDERS_HELP
from broadsheet.paywall.experiments.findings import Finding, conclusions, findings_of
from broadsheet.paywall.experiments.proportions import Share
from broadsheet.paywall.models import Experiment, OverlapError

AT_LEAST = 2
TAKEN = gettext_lazy("Another experiment was planned for that time just now. Look at the list.")


class ExperimentForm(WagtailAdminModelForm):
    edition = EditionField(label=gettext_lazy("Edition"), required=False, empty_label=gettext_lazy("All"))

    class Meta(WagtailAdminModelForm.Meta):
        model = Experiment
        fields = ("name", "edition", "starts_at", "ends_at")


def words_panel(name: str, heading: Any, rows: int = 0) -> FieldPanel:
    return FieldPanel(name, heading=heading, widget=forms.Textarea(attrs={"rows": rows}) if rows else None)


VARIANT_PANELS = [
    FieldRowPanel([FieldPanel("name"), FieldPanel("weight")]),
    FieldRowPanel(
        [
            FieldPanel("strangers", heading=gettext_lazy("Articles without an account")),
            FieldPanel("readers", heading=gettext_lazy("Articles with one")),
        ]
    ),
    words_panel("register_title", gettext_lazy("Asks to register: why the wall is there")),
    words_panel("register_text", gettext_lazy("Asks to register: what to do now"), rows=2),
    words_panel("register_button", gettext_lazy("Asks to register: button")),
    words_panel("subscribe_title", gettext_lazy("Asks to subscribe: why the wall is there")),
    words_panel("subscribe_text", gettext_lazy("Asks to subscribe: what to do now"), rows=2),
]


class Planning:
    """What can be said of an experiment before it begins."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)  # type: ignore[misc]
        except OverlapError:
            form.add_error(None, TAKEN)
            return self.form_invalid(form)  # type: ignore[attr-defined]


class PlanView(Planning, generic.CreateView):
    def get_success_url(self) -> str:
        return reverse("experiments:results", args=[self.object.pk])


class ReplanView(Planning, generic.EditView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        experiment = get_object_or_404(Experiment, pk=kwargs["pk"])
        if experiment.has_begun:
            return redirect("experiments:results", experiment.pk)
        return super().dispatch(request, *args, **kwargs)


class ExperimentIndex(generic.IndexView):
    def get_base_queryset(self) -> QuerySet[Experiment]:
        rows: QuerySet[Experiment] = super().get_base_queryset()
        return rows.select_related("edition")


class ResultsView(WagtailAdminTemplateMixin, TemplateView):
    template_name = "desk/paywall/experiment.html"
    header_icon = "glasses"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm("paywall.change_experiment"):
            raise PermissionDenied
        self.experiment = get_object_or_404(Experiment.objects.select_related("edition"), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return self.experiment.name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("experiments:index"), "label": _("Experiments")},
            {"url": "", "label": self.experiment.name},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        findings = findings_of(self.experiment)
        return context | {
            "experiment": self.experiment,
            "conclusions": conclusions(findings),
            "rows": [_row(finding) for finding in findings],
        }


def _row(finding: Finding) -> dict[str, Any]:
    return {
        "variant": finding.variant,
        "shown": finding.shown,
        "registered": finding.registered,
        "subscribed": finding.subscribed,
        "registered_share": _between(finding.registered),
        "subscribed_share": _between(finding.subscribed),
    }


def _between(share: Share) -> str:
    """“4.1% (3.5 to 4.8)”; a dash where nobody was counted."""
    if not share.of:
        return "–"
    low, high = share.interval()
    return _("%(value).1f%% (%(low).1f to %(high).1f)") % {
        "value": 100 * share.value,
        "low": 100 * low,
        "high": 100 * high,
    }


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    if not request.user.has_perm("paywall.change_experiment"):
        raise PermissionDenied
    experiment = get_object_or_404(Experiment, pk=pk)
    if experiment.end():
        log(experiment, "experiment.end", user=request.user, title=experiment.name)
    messages.success(request, _("“%s” has ended. Everyone meets the usual wall again.") % experiment.name)
    return redirect("experiments:results", pk)


class ExperimentViewSet(ModelViewSet):
    model = Experiment
    name = "experiments"
    icon = "glasses"
    menu_label = gettext_lazy("Experiments")
    index_view_class = ExperimentIndex
    add_view_class = PlanView
    edit_view_class = ReplanView
    copy_view_enabled = False
    list_display: Any = [
        TitleColumn("name", label=gettext_lazy("Name"), url_name="experiments:results"),
        StatusTagColumn(
            "state", label=gettext_lazy("State"), primary=lambda experiment: experiment.is_running
        ),
        EditionColumn("edition", label=gettext_lazy("Edition")),
        DateColumn("starts_at", label=gettext_lazy("Begins"), sort_key="starts_at"),
        DateColumn("ends_at", label=gettext_lazy("Ends"), sort_key="ends_at"),
    ]
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldPanel("edition"),
            FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]),
            HelpPanel(content=PLACEHOLDERS_HELP, heading=gettext_lazy("In the words of a variant")),
            InlinePanel(
                "variants",
                panels=VARIANT_PANELS,
                heading=gettext_lazy("Variants"),
                label=gettext_lazy("Variant"),
                min_num=AT_LEAST,
                help_text=gettext_lazy(
                    "The first is what the others are compared with: leave it empty for the usual wall. Once"
                    " the experiment has begun its variants can’t be changed."
                ),
            ),
        ],
        base_form_class=ExperimentForm,
    )

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("results/<int:pk>/", ResultsView.as_view(), name="results"),
            path("end/<int:pk>/", end, name="end"),
        ]
