"""Delivery status notifications: RFC 3464, and RFC 6533 for addresses beyond ASCII."""

from broadsheet.delivery.intake.parts import Fields, field, fields_of, part, plain_text, typed_field
from broadsheet.delivery.intake.report import Kind
from broadsheet.delivery.intake.verdict import STATUS, in_one_line, verdict

STATUSES = ("message/delivery-status", "message/global-delivery-status")
NOT_RETURNED = {"delayed", "delivered", "relayed", "expanded"}


class Notification:
    """Of one message, which had one recipient; a server may have made several of that one."""

    def __init__(self, message: Fields, about_all: Fields, recipients: list[Fields]) -> None:
        self._message, self._about_all, self._recipients = message, about_all, recipients

    @property
    def kind(self) -> Kind:
        kinds = {_kind(recipient) for recipient in self._recipients}
        if kinds == {Kind.TAKEN}:
            return Kind.TAKEN
        # A list that passed it on to several, one of whom is gone, is still there.
        return Kind.HARD if kinds == {Kind.HARD} else Kind.SOFT

    @property
    def _worst(self) -> Fields:
        returned = [each for each in self._recipients if _kind(each) is not Kind.TAKEN]
        return (returned or self._recipients)[0]

    @property
    def address(self) -> str:
        original = typed_field(self._worst, "original-recipient")
        return original or typed_field(self._worst, "final-recipient")

    @property
    def words(self) -> str:
        said = _diagnostic(self._worst)
        if not said:
            text = in_one_line(plain_text(self._message))
            said = f"{field(self._worst, 'status')} {text}"
        return in_one_line(said)

    @property
    def reported_by(self) -> str:
        by = typed_field(self._worst, "remote-mta") or typed_field(self._about_all, "reporting-mta")
        return by[:120]


def notification(message: Fields) -> Notification | None:
    """None where `message` is none, or one that says nothing of any recipient."""
    status = part(message, *STATUSES)
    if status is None:
        return None
    groups = fields_of(status)
    recipients = [group for group in groups if field(group, "action")]
    return Notification(message, groups[0], recipients) if recipients else None


def _kind(recipient: Fields) -> Kind:
    if field(recipient, "action").lower() in NOT_RETURNED:
        return Kind.TAKEN
    status = STATUS.search(field(recipient, "status"))
    return verdict(status.group(0) if status else "", _diagnostic(recipient))


def _diagnostic(recipient: Fields) -> str:
    return typed_field(recipient, "diagnostic-code") or field(recipient, "diagnostic-code")
