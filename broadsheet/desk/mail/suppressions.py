"""Addresses that get no issues: why, and how to lift that."""

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import HeaderButton
from wagtail.log_actions import LogFormatter, log, registry
from wagtail.permission_policies import ModelPermissionPolicy

from broadsheet.delivery.address_fields import EmailField
from broadsheet.delivery.addresses import fingerprints, readable
from broadsheet.delivery.models import Bounce, Suppression
from broadsheet.desk.audit import name_in_log
from broadsheet.desk.long_lists import list_patterns
from broadsheet.desk.mail.access import AddressMenuItem, PostPage, may_lift
from broadsheet.desk.mail.columns import WordsColumn
from broadsheet.desk.mail.holds import HoldView, ShowsHolds

SUPPRESSED, LIFTED = "delivery.suppress", "delivery.lift"


@hooks.register("register_log_actions")
def register_actions(actions: Any) -> None:
    @actions.register_action(SUPPRESSED)
    class Suppressing(NoteFormatter):
        label = message = gettext_lazy("Suppress an address")

    @actions.register_action(LIFTED)
    class Lifting(NoteFormatter):
        label = message = gettext_lazy("Lift a suppression")


class NoteFormatter(LogFormatter):
    def format_comment(self, log_entry: Any) -> str:
        return str(log_entry.data.get("note", ""))


class SuppressionFilters(WagtailFilterSet):
    reason = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Reason"), choices=Suppression.Reason.choices, widget=CheckboxSelectMultiple
    )

    class Meta:
        model = Suppression
        fields: tuple[str, ...] = ()


class SuppressedColumn(TitleColumn):
    def get_value(self, suppression: Suppression) -> str:
        return readable(suppression.address) or _("erased account, known by its fingerprint")


class SuppressionIndex(ShowsHolds, generic.IndexView):
    model = Suppression
    page_title = gettext_lazy("Suppressions")
    header_icon = "no-view"
    template_name = "desk/mail/list_with_holds.html"
    results_template_name = "desk/mail/table_results.html"
    permission_policy = ModelPermissionPolicy(Suppression)
    permission_required = "view"
    any_permission_required = None
    default_ordering = "-at"
    is_searchable = True
    filterset_class = SuppressionFilters
    no_results_message = gettext_lazy("Every address may be written to.")
    columns: Any = [
        SuppressedColumn(
            "address",
            label=gettext_lazy("Address"),
            url_name="suppressions:suppression",
            classname="compared",
        ),
        Column("reason", label=gettext_lazy("Reason"), accessor="get_reason_display", width="22%"),
        WordsColumn("words", label=gettext_lazy("In the words of the server, or of the staff")),
        DateColumn("at", label=gettext_lazy("Since"), sort_key="at", width="12%"),
    ]

    def get_base_queryset(self) -> QuerySet[Suppression]:
        return Suppression.objects.active()

    def search_queryset(self, queryset: QuerySet[Suppression]) -> QuerySet[Suppression]:
        asked = self.search_query.strip()
        # An address that was erased is still found by someone who types it.
        return queryset.filter(Q(address__icontains=asked) | Q(fingerprint__in=fingerprints(asked)))

    @property
    def header_buttons(self) -> list[Any]:
        if not self.request.user.has_perm("delivery.add_suppression"):
            return []
        return [HeaderButton(_("Suppress an address"), url=reverse("suppressions:add"), icon_name="plus")]


class SuppressForm(forms.Form):
    address = EmailField(label=gettext_lazy("Address"))
    note = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=500,
        help_text=gettext_lazy("Whoever looks for the reason later reads this."),
    )


class SuppressView(PostPage, FormView[SuppressForm]):
    needs = "delivery.add_suppression"
    template_name = "desk/mail/suppress.html"
    page_title = gettext_lazy("Suppress an address")
    header_icon = "no-view"
    form_class = SuppressForm

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("suppressions:index"), "label": _("Suppressions")},
            {"url": "", "label": self.page_title},
        ]

    def form_valid(self, form: SuppressForm) -> HttpResponse:
        address, note = form.cleaned_data["address"], form.cleaned_data["note"]
        suppression = Suppression.suppress(address, Suppression.Reason.STAFF, note)
        title = name_in_log(suppression)
        log(suppression, SUPPRESSED, user=self.request.user, data={"note": note}, title=title)
        messages.success(self.request, _("No issue goes to %s any more.") % address)
        return redirect("suppressions:suppression", suppression.pk)


class LiftForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Why it may be written to again"),
        max_length=500,
        help_text=gettext_lazy(
            "Such as: “She called, her mailbox was full.” It stands in the history, with your name."
        ),
    )


class SuppressionView(PostPage, FormView[LiftForm]):
    """One address: why it is suppressed, what came back from it, and the action that lifts it."""

    needs = "delivery.view_suppression"
    template_name = "desk/mail/suppression.html"
    header_icon = "no-view"
    form_class = LiftForm

    @cached_property
    def suppression(self) -> Suppression:
        return get_object_or_404(Suppression, pk=self.kwargs["pk"])

    @cached_property
    def may_lift(self) -> bool:
        return may_lift(self.request.user)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_lift:
            raise PermissionDenied
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: LiftForm) -> HttpResponse:
        suppression = self.suppression
        if suppression.lift():
            data = {"note": form.cleaned_data["note"]}
            log(suppression, LIFTED, user=self.request.user, data=data, title=name_in_log(suppression))
            messages.success(self.request, _("Issues go to this address again."))
        else:
            messages.warning(self.request, _("Nothing was changed: somebody else has lifted it."))
        return redirect("suppressions:suppression", suppression.pk)

    def get_page_title(self) -> str:
        return readable(self.suppression.address) or _("An erased account’s address")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("suppressions:index"), "label": _("Suppressions")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        address = self.suppression.address or self.suppression.fingerprint
        return context | {
            "suppression": self.suppression,
            "bounces": Bounce.objects.filter(address__iexact=address).select_related("recipient__send")[:20],
            "history": registry.get_logs_for_instance(self.suppression).select_related("user"),
            "may_lift": self.may_lift and self.suppression.is_active,
        }


class SuppressionViewSet(ViewSet):
    name = "suppressions"
    model = Suppression
    icon = "no-view"
    menu_label = gettext_lazy("Suppressions")
    menu_item_class = AddressMenuItem

    def get_urlpatterns(self) -> list[Any]:
        return [
            *list_patterns(self, SuppressionIndex),
            path("new/", SuppressView.as_view(), name="add"),
            path("<int:pk>/", SuppressionView.as_view(), name="suppression"),
            path("held/<int:pk>/", HoldView.as_view(), name="hold"),
        ]
