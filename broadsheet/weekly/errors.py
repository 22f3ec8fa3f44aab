"""Why something can't be done with a weekly issue; each says so in words for whoever asked."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from broadsheet.weekly.models import WeeklyIssue


class WeeklyIssueError(Exception):
    @property
    def reason(self) -> str:
        return str(self)


class ChangedMeanwhile(WeeklyIssueError):
    """The issue was saved since it was shown, by somebody else or in another window."""

    def __init__(self, issue: "WeeklyIssue") -> None:
        super().__init__(_("This issue was changed after you opened the page."))
        self.issue = issue


class WrongState(WeeklyIssueError):
    def __init__(self, issue: "WeeklyIssue") -> None:
        said = _("This can’t be done with an issue in its present state: %s.")
        super().__init__(said % str(issue.get_state_display()).lower())


class NotReady(WeeklyIssueError):
    """An issue that can't be published; `faults` says everything that is missing."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults
