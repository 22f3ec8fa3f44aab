"""One weekly issue: how far it is, what is in it, what was corrected since, and what was done to it."""

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from broadsheet.desk.audit import entries_about
from broadsheet.desk.weekly.access import WeeklyIssuePage, name_of_issue
from broadsheet.evidence.models import Amendment
from broadsheet.weekly.flatplan import flatplan
from broadsheet.weekly.laid_out import LaidItem, LaidOut, lay_out
from broadsheet.weekly.models import State, WeeklyIssue
from broadsheet.weekly.preflight.checking import errors_in, preflight

OF_THE_LOG = 30


class Since(NamedTuple):
    """What became of something in an issue after it was published."""

    laid: LaidItem
    notes: list[Amendment]
    is_gone: bool


def since_published(issue: WeeklyIssue, laid: LaidOut) -> list[Since]:
    if issue.published_at is None:
        return []
    keys = [one.item.article_id for one in laid.items if one.item.article_id]
    notes: dict[int, list[Amendment]] = {}
    for note in Amendment.objects.filter(page__in=keys, added_at__gt=issue.published_at).order_by("added_at"):
        notes.setdefault(note.page_id, []).append(note)
    all_of_them = [
        Since(one, notes.get(one.item.article_id or 0, []), one.article is None or not one.article.live)
        for one in laid.items
    ]
    return [one for one in all_of_them if one.notes or one.is_gone]


class WeeklyIssueView(WeeklyIssuePage):
    template_name = "desk/weekly/issue.html"
    page_title = gettext_lazy("Weekly issue")
    tab = "issue"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.render_to_response(self.get_context_data())

    def get_page_title(self) -> str:
        return name_of_issue(self.issue)

    def get_page_subtitle(self) -> str:
        return ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items()[:-2], {"url": "", "label": self.issue.title}]

    @cached_property
    def laid(self) -> LaidOut:
        return lay_out(self.issue)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        issue = self.issue
        is_waiting = issue.state in {State.DRAFT, State.SCHEDULED}
        findings = preflight(issue, self.laid) if is_waiting else []
        errors = len(errors_in(findings))
        return super().get_context_data(**kwargs) | {
            "laid": self.laid,
            "plan": flatplan(self.laid),
            "pages": issue.files.pages_on_paper() if issue.published_at else 0,
            "words": sum(one.shape.words for one in self.laid.items),
            "errors": errors,
            "warnings": len(findings) - errors,
            "since": since_published(issue, self.laid),
            "corrections": issue.corrections.all() if issue.published_at else (),
            "entries": entries_about([issue])[:OF_THE_LOG],
        }
