"""What was found before an issue is published: one list, the gravest first, each with where it is mended."""

from itertools import groupby
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from broadsheet.desk.weekly.access import WeeklyIssuePage
from broadsheet.evidence.models import Source
from broadsheet.weekly.models import WeeklyIssue
from broadsheet.weekly.preflight.checking import preflight
from broadsheet.weekly.preflight.finding import Finding, Place, Severity, Spot

HEADINGS = {
    Severity.ERROR: gettext_lazy("To be put right before it can be published"),
    Severity.WARNING: gettext_lazy("To be looked at"),
}


class Shown(NamedTuple):
    finding: Finding
    address: str
    """Where it is mended; empty for whoever may not."""


class Group(NamedTuple):
    severity: Severity
    heading: Any
    checks: list[tuple[Any, list[Shown]]]
    findings: int


def address_of(place: Place, issue: WeeklyIssue) -> str:
    key = [place.key]
    match place.spot:
        case Spot.COVER | Spot.DAYS:
            return reverse("weekly:cover", args=[issue.pk])
        case Spot.SHORT_FORM:
            return reverse("weekly:short_form", args=[issue.pk, place.key])
        case Spot.ARTICLE if place.key:
            return reverse("wagtailadmin_pages:edit", args=key)
        case Spot.PICTURE:
            return reverse("wagtailimages:edit", args=key)
        case Spot.SOURCE:
            viewset: Any = Source.snippet_viewset
            return reverse(viewset.get_url_name("edit"), args=key)
        case Spot.LETTER:
            return reverse("weekly:arrange", args=[issue.pk]) + "#letters"
    anchor = f"#item-{place.key}" if place.key else ""
    return reverse("weekly:arrange", args=[issue.pk]) + anchor


def grouped(findings: list[Finding], issue: WeeklyIssue, *, may_edit: bool) -> list[Group]:
    """By gravity, then by what was looked at."""
    groups = []
    for severity, heading in HEADINGS.items():
        found = [one for one in findings if one.severity == severity]
        if found:
            ordered = sorted(found, key=lambda one: _first(found, one))
            checks = [
                (check, [Shown(one, address_of(one.place, issue) if may_edit else "") for one in own])
                for check, own in groupby(ordered, key=lambda one: one.check)
            ]
            groups.append(Group(severity, heading, checks, len(found)))
    return groups


def _first(found: list[Finding], one: Finding) -> int:
    """Where the first finding of its check stands."""
    return next(place for place, other in enumerate(found) if other.check == one.check)


class PreflightView(WeeklyIssuePage):
    template_name = "desk/weekly/preflight.html"
    page_title = gettext_lazy("Preflight")
    tab = "preflight"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        findings = preflight(self.issue)
        groups = grouped(findings, self.issue, may_edit=context["may_edit"])
        is_ready = all(group.severity != Severity.ERROR for group in groups)
        return context | {"groups": groups, "is_ready": is_ready}
