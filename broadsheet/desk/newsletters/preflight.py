"""What was found before an issue goes out: one list, the gravest first."""

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from broadsheet.desk.newsletters.access import IssuePage
from broadsheet.newsletters.preflight.checking import preflight
from broadsheet.newsletters.preflight.finding import Finding, Severity

HEADINGS = {
    Severity.FAULT: gettext_lazy("To be put right before it can be approved"),
    Severity.WARNING: gettext_lazy("To be looked at"),
    Severity.NOTE: gettext_lazy("In order"),
}


class PreflightView(IssuePage):
    """A POST looks, since it takes seconds and asks other servers. It changes nothing."""

    needs = "newsletters.change_issue"
    template_name = "desk/newsletters/preflight.html"
    page_title = gettext_lazy("Preflight")
    header_icon = "check"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.render_to_response(self.get_context_data(findings=preflight(self.issue)))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        findings: list[Finding] | None = context.get("findings")
        if findings is None:
            return context
        groups = [
            (severity, HEADINGS[severity], list(found))
            for severity, found in groupby(findings, key=lambda finding: finding.severity)
        ]
        is_ready = all(finding.severity != Severity.FAULT for finding in findings)
        return context | {"groups": groups, "is_ready": is_ready}
