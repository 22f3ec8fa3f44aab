"""Complaints as feedback loops send them: RFC 5965, the Abuse Reporting Format."""

from broadsheet.delivery.intake.parts import Fields, field, fields_of, part
from broadsheet.delivery.intake.report import NotAReport
from broadsheet.delivery.intake.verdict import in_one_line

UNWELCOME = {"abuse", "fraud", "virus", "opt-out", "other"}
"""The rest are reports to administrators, or say that a message was not spam after all."""


class Complaint:
    def __init__(self, fields: Fields) -> None:
        """Raises NotAReport where it does not complain."""
        self._fields = fields
        self.about = field(fields, "feedback-type").lower()
        if self.about not in UNWELCOME:
            raise NotAReport(f"It is a report of “{self.about}”, which is no complaint.")

    @property
    def address(self) -> str:
        return field(self._fields, "original-rcpt-to").strip("<>")

    @property
    def return_path(self) -> str:
        return field(self._fields, "original-mail-from")

    @property
    def words(self) -> str:
        return in_one_line(f"Feedback-Type: {self.about}")

    @property
    def reported_by(self) -> str:
        reporter = field(self._fields, "reporting-mta").partition(";")[2].strip()
        return (reporter or field(self._fields, "user-agent"))[:120]


def complaint(message: Fields) -> Complaint | None:
    """None where `message` is none; raises NotAReport."""
    feedback = part(message, "message/feedback-report")
    if feedback is None:
        return None
    groups = fields_of(feedback)
    if not groups:
        raise NotAReport("It is a report of feedback that says nothing.")
    return Complaint(groups[0])
