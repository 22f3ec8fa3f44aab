"""What staff can have an issue do, each by a POST. What can't be undone asks first."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from broadsheet.desk.newsletters.access import IssuePage, may_edit_issues, version_in
from broadsheet.newsletters.issues.errors import IssueError, NotReady
from broadsheet.newsletters.models import Issue
from broadsheet.newsletters.preflight.checking import faults_in, preflight
from broadsheet.newsletters.segments.matching import sign_ups_in
from broadsheet.newsletters.sending.freezing import moments_of
from broadsheet.people.models import Person
from broadsheet.platform.days import with_weekday


def _direct(request: HttpRequest, pk: int, verb: Callable[[Issue, Person], None], said: str) -> HttpResponse:
    if not may_edit_issues(request.user):
        raise PermissionDenied
    issue = get_object_or_404(Issue.objects.select_related("newsletter"), pk=pk)
    try:
        verb(issue, cast(Person, request.user))
    except IssueError as error:
        messages.warning(request, error.reason)
    else:
        messages.success(request, said)
    return redirect("issues:issue", pk)


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    said = _("It is a draft again, and won’t go out until it is approved.")
    return _direct(request, pk, lambda issue, by: issue.take_back(by=by), said)


@require_POST
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    said = _("It is on hold. Messages that were just being handed over still go out.")
    return _direct(request, pk, lambda issue, by: issue.hold(by=by), said)


@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    return _direct(request, pk, lambda issue, by: issue.resume(by=by), _("It is no longer on hold."))


def _moment(moment: datetime) -> str:
    day, time = with_weekday(moment, form="MONTH_DAY_FORMAT"), date_format(moment, "TIME_FORMAT")
    return f"{day}, {time} {moment:%Z}"


class ConfirmView(IssuePage):
    needs = "newsletters.change_issue"
    template_name = "desk/newsletters/ask.html"
    button: Any = ""
    is_destructive = False
    said: Any = ""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            self.carry_out()
        except NotReady as error:
            return self.render_to_response(self.get_context_data(faults=error.faults))
        except IssueError as error:
            messages.warning(request, error.reason)
        else:
            messages.success(request, self.said)
        return redirect("issues:issue", pk)

    def carry_out(self) -> None:
        raise NotImplementedError

    def consequences(self) -> list[str]:
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "consequences": self.consequences(),
            "button": self.button,
            "is_destructive": self.is_destructive,
        }


class ApproveView(ConfirmView):
    page_title = gettext_lazy("Approve")
    button = gettext_lazy("Approve issue")
    said = gettext_lazy("It is approved, and goes out at its time.")

    def carry_out(self) -> None:
        if faults := faults_in(preflight(self.issue)):
            raise NotReady(faults)
        self.issue.approve(by=self.person, version=version_in(self.request))

    def consequences(self) -> list[str]:
        issue = self.issue
        receiving = sign_ups_in(issue.newsletter.sign_ups.receiving(), issue.segment).count()
        said = ngettext("%s reader gets it as things stand.", "%s readers get it as things stand.", receiving)
        return [said % number_format(receiving, force_grouping=True), self._when()]

    def _when(self) -> str:
        issue = self.issue
        if issue.kind == Issue.Kind.WELCOME:
            said = ngettext(
                "Each new reader gets it %d day after they signed up, from now on.",
                "Each new reader gets it %d days after they signed up, from now on.",
                issue.welcome_day or 0,
            )
            return said % (issue.welcome_day or 0)
        if issue.send_on is None:
            return _("It has no day yet.")
        moments = moments_of(issue)
        zone = issue.newsletter.zone
        first, here = min(moments.values()).astimezone(zone), moments[""].astimezone(zone)
        if first == here:
            return _("Its readers get it on %s.") % _moment(here)
        said = _("The first readers get it on %(first)s, those in the edition’s zone on %(here)s.")
        return said % {"first": _moment(first), "here": _moment(here)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {"faults": self.issue.faults()} | super().get_context_data(**kwargs)


class StopView(ConfirmView):
    page_title = gettext_lazy("Stop")
    button = gettext_lazy("Yes, stop it")
    said = gettext_lazy("It is stopped.")
    is_destructive = True

    def carry_out(self) -> None:
        self.issue.stop(by=self.person)

    def consequences(self) -> list[str]:
        send = self.issue.send
        left = send.recipients.unsettled().count() if send else 0
        said = ngettext("%s reader is still to get it, and won’t.", "%s readers are, and won’t.", left)
        counted = [said % number_format(left, force_grouping=True)] if left else []
        return [*counted, _("This can’t be undone. To pause it instead, hold it.")]
