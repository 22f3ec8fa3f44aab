"""Why something can't be done with an issue; each says so in words for whoever asked."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from broadsheet.newsletters.models.issue import Issue


class IssueError(Exception):
    @property
    def reason(self) -> str:
        return str(self)


class EditedMeanwhile(IssueError):
    """Somebody else saved the issue since it was shown."""

    def __init__(self, issue: "Issue") -> None:
        who = str(issue.edited_by) if issue.edited_by else _("Somebody else")
        super().__init__(
            _("%s has changed this issue while you had it open. What you wrote is below, unsaved.") % who
        )
        self.issue = issue


class NotADraft(IssueError):
    def __init__(self, issue: "Issue") -> None:
        said = _("This issue is %s and can’t be changed any more.")
        super().__init__(said % issue.get_state_display())


class NotReady(IssueError):
    """An issue that can't be approved; `faults` says everything that is missing."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


class TooLate(IssueError):
    def __init__(self, issue: "Issue") -> None:
        super().__init__(_("Nothing was changed: meanwhile it is %s.") % issue.get_state_display())
