"""What a provider tells of a message afterwards, as django-anymail has verified and understood it."""

from hashlib import sha256
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason

from broadsheet.delivery import keys
from broadsheet.delivery.intake import Kind, Report
from broadsheet.delivery.intake.verdict import in_one_line, verdict
from broadsheet.delivery.message.identity import Forged, returned
from broadsheet.delivery.models import Bounce, Recipient
from broadsheet.delivery.provider.api_client import RETURN_PATH
from broadsheet.delivery.signals import unsubscribed

TAKEN = {
    *(EventType.QUEUED, EventType.SENT, EventType.DEFERRED, EventType.DELIVERED),
    *(EventType.OPENED, EventType.CLICKED),
}
RETURNED = {EventType.BOUNCED, EventType.REJECTED, EventType.FAILED}
KNOWN_TO_BE_GONE = {RejectReason.INVALID, RejectReason.BOUNCED}


def take_in(event: AnymailTrackingEvent, esp_name: str, **kwargs: Any) -> None:
    if event.event_type == EventType.UNSUBSCRIBED:
        _unsubscribe(event)
    elif report := report_of(event, esp_name):
        Bounce.objects.take_in(report, is_vouched_for=True)


def _unsubscribe(event: AnymailTrackingEvent) -> None:
    """The reader left by a link or a button of the provider's, which counts as if it were ours."""
    try:
        number = returned(keys.secrets(), str((event.metadata or {}).get(RETURN_PATH)))
    except Forged:
        return
    if recipient := Recipient.objects.filter(pk=number).select_related("send").first():
        unsubscribed.send(Recipient, recipient=recipient)


def report_of(event: AnymailTrackingEvent, by: str) -> Report | None:
    """None for what says nothing of whether a message arrived, or was welcome."""
    kind = _kind(event)
    if kind is None:
        return None
    known_by = event.event_id or f"{event.event_type}\0{event.message_id}\0{event.timestamp}"
    identity = sha256(f"{by}\0{known_by}\0{event.recipient}".encode()).hexdigest()
    return_path = (event.metadata or {}).get(RETURN_PATH)
    return Report(
        kind=kind,
        identity=identity,
        return_paths=(str(return_path),) if return_path else (),
        address=event.recipient or "",
        words=in_one_line(_words(event)),
        reported_by=by,
    )


def _kind(event: AnymailTrackingEvent) -> Kind | None:
    if event.event_type in TAKEN:
        return Kind.TAKEN
    if event.event_type == EventType.COMPLAINED or event.reject_reason == RejectReason.SPAM:
        return Kind.COMPLAINT
    if event.event_type not in RETURNED:
        return None
    if event.event_type == EventType.BOUNCED:
        if event.reject_reason == RejectReason.INVALID or _is_called_hard(event.esp_event):
            return Kind.HARD
        return verdict("", _words(event))
    # It did not even try: because of what it knows of the address, or for reasons that are not the address's.
    return Kind.HARD if event.reject_reason in KNOWN_TO_BE_GONE else Kind.SOFT


def _words(event: AnymailTrackingEvent) -> str:
    return str(event.mta_response or event.description or "")


def _is_called_hard(said: Any) -> bool:
    """By Postmark, Brevo or Mailjet, which say so beside the server's words."""
    if not isinstance(said, dict):
        return False
    is_named_so = said.get("Type") == "HardBounce" or said.get("event") == "hard_bounce"
    return is_named_so or said.get("hard_bounce") is True
