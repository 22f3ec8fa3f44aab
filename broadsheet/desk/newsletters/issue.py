"""One issue: what is in it, when it goes out, how far it is, and whether somebody got it."""

from typing import Any

from django import forms
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from broadsheet.delivery.address_fields import EmailField
from broadsheet.desk.mail.access import may_see_sends
from broadsheet.desk.mail.progress import Progress
from broadsheet.desk.newsletters.access import IssuePage, may_see_sign_ups
from broadsheet.newsletters.models import Issue, Mailbox
from broadsheet.newsletters.sending.fate import fate_of

State = Issue.State


class AddressForm(forms.Form):
    address = EmailField(label=_("Address"))


class IssueView(IssuePage):
    template_name = "desk/newsletters/issue.html"
    page_title = _("Issue")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        # The post room may have ended its send a moment ago.
        self.issue.finish()
        return self.render_to_response(self.get_context_data())

    def get_page_title(self) -> str:
        return str(self.issue)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items()[:-2], {"url": "", "label": str(self.issue)}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        issue, user = self.issue, self.request.user
        asks = may_see_sign_ups(user)
        form = AddressForm(self.request.GET if "address" in self.request.GET else None)
        fate = None
        if asks and form.is_bound and form.is_valid():
            fate = fate_of(issue, Mailbox.objects.at(form.cleaned_data["address"]).first())
        cohorts = issue.cohorts.order_by("due_at", "variant")
        return (
            super().get_context_data(**kwargs)
            | progress_context(issue)
            | {
                "items": issue.shown_items,
                "cohorts": cohorts,
                "readers": cohorts.aggregate(all=Sum("readers"))["all"],
                "transitions": issue.transitions.select_related("by"),
                "faults": issue.faults() if issue.state == State.DRAFT else [],
                "asks": asks,
                "address_form": form,
                "fate": fate,
                "sees_send": may_see_sends(user),
            }
        )


class ProgressView(IssuePage):
    """The part of the page that refreshes itself."""

    template_name = "desk/newsletters/progress.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.issue.finish()
        return self.render_to_response({"issue": self.issue} | progress_context(self.issue))


def progress_context(issue: Issue) -> dict[str, Any]:
    send = issue.send
    return {
        "send": send,
        "progress": Progress(send.counts()) if send else None,
        "is_live": issue.state in {State.FROZEN, State.SENDING},
    }
