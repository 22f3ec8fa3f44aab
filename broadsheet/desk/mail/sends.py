"""The list of sends, each with its progress."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple
from django.urls import path
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permission_policies import ModelPermissionPolicy

from broadsheet.delivery.models import Batch, Lane, Send
from broadsheet.desk.long_lists import list_patterns
from broadsheet.desk.mail.access import may_see_sends
from broadsheet.desk.mail.instructions import GiveUpView, SendAgainView, StopView, hold, resume
from broadsheet.desk.mail.progress import progress_of
from broadsheet.desk.mail.send import ProgressView, SendView


class SendFilters(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=Send.State.choices, widget=CheckboxSelectMultiple
    )

    class Meta:
        model = Send
        fields: tuple[str, ...] = ()


class ProgressColumn(Column):
    cell_template_name = "desk/mail/cells/progress.html"


class SendIndex(generic.IndexView):
    """Without letters, of which there is one per code: the ledger finds those by address."""

    model = Send
    page_title = _("Sends")
    header_icon = "mail"
    template_name = "desk/mail/sends.html"
    results_template_name = "desk/mail/sends_results.html"
    permission_policy = ModelPermissionPolicy(Send)
    permission_required = "view"
    any_permission_required = None
    default_ordering = "-frozen_at"
    paginate_by = 20
    search_fields: Any = ["subject", "sender"]
    filterset_class = SendFilters

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn("subject", label=_("Subject"), accessor="__str__", url_name="sends:send"),
            StatusTagColumn(
                "state",
                label=_("State"),
                accessor="get_state_display",
                primary=lambda send: send.is_on_its_way,
            ),
            Column("lane", label=_("Kind"), accessor="get_lane_display", width="12%"),
            ProgressColumn(
                "progress",
                accessor=lambda send: self.progress_of[send.pk],
                label=_("Submitted"),
                width="24%",
            ),
            DateColumn("begun_at", label=_("Begun"), sort_key="begun_at", width="13%"),
            DateColumn("ended_at", label=_("Ended"), sort_key="ended_at", width="13%"),
        ]

    def get_base_queryset(self) -> QuerySet[Send]:
        return Send.objects.exclude(lane=Lane.LETTERS)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        self.progress_of = progress_of(context["object_list"])
        context["is_live"] = any(send.is_on_its_way for send in context["object_list"])
        if not self.results_only:
            context["stuck_letters"] = list(stuck_letters()[:20])
        return context


def stuck_letters() -> QuerySet[Send]:
    stuck = Batch.objects.stuck().filter(send__lane=Lane.LETTERS)
    return Send.objects.filter(pk__in=stuck.values("send"))


class SendsMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return may_see_sends(request.user)


class SendViewSet(ViewSet):
    name = "sends"
    model = Send
    icon = "mail"
    menu_label = _("Sends")
    menu_item_class = SendsMenuItem

    def get_urlpatterns(self) -> list[Any]:
        return [
            *list_patterns(self, SendIndex),
            path("<int:pk>/", SendView.as_view(), name="send"),
            path("<int:pk>/results/", SendView.as_view(results_only=True), name="send_results"),
            path("<int:pk>/progress/", ProgressView.as_view(), name="progress"),
            path("<int:pk>/hold/", hold, name="hold"),
            path("<int:pk>/resume/", resume, name="resume"),
            path("<int:pk>/stop/", StopView.as_view(), name="stop"),
            path("<int:pk>/again/", SendAgainView.as_view(), name="again"),
            path("<int:pk>/give-up/", GiveUpView.as_view(), name="give_up"),
        ]
