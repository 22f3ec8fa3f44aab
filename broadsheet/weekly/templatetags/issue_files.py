from django import template

from broadsheet.weekly.files import makers
from broadsheet.weekly.models import IssueFile, WeeklyIssue

register = template.Library()


@register.simple_tag
def files_of(issue: WeeklyIssue) -> list[IssueFile]:
    """Its files, made or not, in the order of their kinds."""
    order = {kind: place for place, kind in enumerate(makers.kinds())}
    rows = IssueFile.objects.filter(issue=issue, kind__in=order).select_related("faulty")
    return sorted(rows, key=lambda row: order[row.kind])


@register.simple_tag
def files_there(issue: WeeklyIssue) -> list[IssueFile]:
    """Those that readers can have now."""
    return [row for row in files_of(issue) if row.is_there]
