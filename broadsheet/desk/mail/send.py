"""One send: how far it is, what can be done about it, and its ledger."""

from typing import Any

import django_filters
from django.db.models import Count, QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.permission_policies import ModelPermissionPolicy

from broadsheet.delivery.models import Batch, Lane, Recipient, Send
from broadsheet.desk.mail.access import PostPage, may_direct_sends
from broadsheet.desk.mail.columns import AddressColumn, OutcomeColumn, WordsColumn
from broadsheet.desk.mail.progress import Progress


class LedgerFilters(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=_("What became of it"), choices=Recipient.State.choices, widget=CheckboxSelectMultiple
    )

    class Meta:
        model = Recipient
        fields: tuple[str, ...] = ()


class AgainColumn(Column):
    """For an unknown recipient, the link to the page that asks whether to send again."""

    cell_template_name = "desk/mail/cells/again.html"


class SendView(generic.IndexView):
    model = Recipient
    header_icon = "mail"
    template_name = "desk/mail/send.html"
    results_template_name = "desk/mail/table_results.html"
    permission_policy = ModelPermissionPolicy(Recipient)
    permission_required = "view"
    any_permission_required = None
    default_ordering = "pk"
    paginate_by = 50
    is_searchable = True
    search_fields: Any = ["address"]
    filterset_class = LedgerFilters
    no_results_message = _("No recipients match.")

    @cached_property
    def send(self) -> Send:
        return get_object_or_404(Send, pk=self.kwargs["pk"])

    @cached_property
    def may_direct(self) -> bool:
        return may_direct_sends(self.request.user)

    @property
    def may_send_again(self) -> bool:
        """Not for letters, whose text is gone, nor for a stopped send, which must reach nobody any more."""
        is_over = self.send.lane == Lane.LETTERS or self.send.state == Send.State.STOPPED
        return self.may_direct and not is_over

    def get_page_title(self) -> str:
        return str(self.send)

    def get_index_url(self) -> str:
        return reverse("sends:send", args=[self.send.pk])

    def get_index_results_url(self) -> str:
        return reverse("sends:send_results", args=[self.send.pk])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("sends:index"), "label": _("Sends")},
            {"url": "", "label": str(self.send)},
        ]

    def get_base_queryset(self) -> QuerySet[Recipient]:
        recipients: QuerySet[Recipient] = self.send.recipients.all()
        return recipients

    @cached_property
    def columns(self) -> list[Column]:
        found: list[Column] = [
            AddressColumn("address", label=_("Address"), sort_key="address", width="24%"),
            OutcomeColumn("state", label=_("What became of it"), accessor="get_state_display", width="12%"),
            WordsColumn("words", label=_("In the server’s words")),
            Column("tries", label=_("Tries"), width="6%"),
            DateColumn("answered_at", label=_("Answered"), sort_key="answered_at", width="12%"),
            DateColumn("due_at", label=_("Next try"), sort_key="due_at", width="12%"),
        ]
        if self.may_send_again:
            found.append(AgainColumn("again", label=_("Decide"), accessor="pk", width="9%"))
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs) | {"send": self.send}
        if self.results_only:
            return context
        progress = Progress(self.send.counts())
        return context | {
            "progress": progress,
            "unknown": progress.counts.get(Recipient.State.UNKNOWN, 0),
            "instructions": self.send.instructions.all(),
            "stuck": _stuck(self.send),
            "may_direct": self.may_direct,
            "may_send_again": self.may_send_again,
        }


class ProgressView(PostPage):
    """The part of the page that refreshes itself."""

    template_name = "desk/mail/progress.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        send = get_object_or_404(Send, pk=pk)
        return self.render_to_response({"send": send, "progress": Progress(send.counts())})


def _stuck(send: Send) -> list[tuple[str, int]]:
    """Why batches are stuck, and how many people wait in them."""
    waiting = send.recipients.unsettled().filter(batch__in=Batch.objects.stuck().filter(send=send))
    return list(waiting.order_by("batch__words").values_list("batch__words").annotate(Count("pk")))
