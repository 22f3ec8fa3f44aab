from email import message_from_bytes, policy
from email.message import EmailMessage as Parsed
from email.message import MIMEPart
from typing import NamedTuple, Self

import requests
from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from anymail.message import AnymailMessage
from django.utils.module_loading import import_string
from urllib3.exceptions import MaxRetryError, NewConnectionError

from broadsheet.delivery.provider.provider import Provider
from broadsheet.delivery.smtp import Answer, Result
from broadsheet.delivery.smtp.answer import LONGEST_WORDS

NOT_PASSED_ON = {
    *("from", "to", "cc", "bcc", "subject", "date", "message-id", "mime-version", "dkim-signature"),
    *("content-type", "content-transfer-encoding", "content-disposition", "return-path"),
}
"""Headers that the provider writes itself; some refuse a message that brings them."""
RETURN_PATH = "return-path"
"""What we call ours in what is said to the provider about a message, and comes back with its webhooks."""
REFUSES_EVERYTHING = {401, 402, 403, 429}
"""Not about the message: a wrong key, an unpaid bill, too many at once."""
SERVER_ERROR = 500


class ApiReply(NamedTuple):
    answer: Answer
    is_unavailable: bool = False
    """Whether the next message would fare no better now."""


class ApiClient:
    """Where messages are handed over, one at a time, over a connection that is kept open."""

    def __init__(self, provider: Provider) -> None:
        self._service = provider.service
        self._api = import_string(f"anymail.backends.{self._service.module}.EmailBackend")()

    def __enter__(self) -> Self:
        self._api.open()
        return self

    def __exit__(self, *error: object) -> None:
        self._api.close()

    def message(self, sender: str, recipient: str, content: bytes) -> AnymailMessage:
        """`content`, a message as SMTP would have it, in the parts that an API asks for."""
        parsed = message_from_bytes(content, _class=Parsed, policy=policy.default)
        message = AnymailMessage(
            subject=str(parsed["subject"] or ""),
            body=_text(parsed, "plain"),
            from_email=str(parsed["from"]),
            to=[recipient],
            headers={name: str(value) for name, value in parsed.items() if name.lower() not in NOT_PASSED_ON},
        )
        if page := _text(parsed, "html"):
            message.attach_alternative(page, "text/html")
        for attachment in parsed.iter_attachments() if parsed.is_multipart() else ():
            if attachment.get_content_maintype() == "message":
                # As a file: no API takes a message within a message.
                name = attachment.get_filename() or "message.eml"
                message.attach(name, _inner_message(attachment), attachment.get_content_type())
            else:
                message.attach(attachment)
        message.metadata = {RETURN_PATH: sender}
        if self._service.can_leave_tracking:
            message.track_opens = message.track_clicks = False
        return message

    def submit(self, message: AnymailMessage) -> ApiReply:
        try:
            self._api.send_messages([message])
        except AnymailRecipientsRefused as error:
            return ApiReply(self._answer(Result.REFUSED, error))
        except AnymailAPIError as error:
            return self._failed(error)
        except AnymailError as error:
            # Either the provider has no way to say what this message says, so that it was not asked, or it
            # was, and its answer can't be read.
            was_asked = message.anymail_status.esp_response is not None
            return ApiReply(self._answer(Result.UNKNOWN if was_asked else Result.REFUSED, error))
        words = f"{self._service.name} took it as {message.anymail_status.message_id}"
        return ApiReply(Answer(Result.SUBMITTED, words=words[:LONGEST_WORDS]))

    def _failed(self, error: AnymailAPIError) -> ApiReply:
        status = error.status_code
        if status is None:
            # Only of a connection that was never made is it certain that nothing went over it.
            never = isinstance(error, requests.ConnectTimeout) or _was_not_connected(error)
            result = Result.UNSENT if never else Result.UNKNOWN
            return ApiReply(self._answer(result, error), is_unavailable=True)
        if status in REFUSES_EVERYTHING:
            return ApiReply(self._answer(Result.UNSENT, error), is_unavailable=True)
        if SERVER_ERROR > status >= 400:
            return ApiReply(self._answer(Result.REFUSED, error))
        # It broke on the way, or answered what nobody understands: it may have taken the message before.
        return ApiReply(self._answer(Result.UNKNOWN, error), is_unavailable=status >= SERVER_ERROR)

    def _answer(self, result: Result, error: AnymailError) -> Answer:
        response = error.response
        said = response.text if response is not None else " ".join(str(part) for part in error.args)
        words = " ".join(f"{self._service.name}: {said or error.__cause__}".split())
        return Answer(result, error.status_code or 0, words=words[:LONGEST_WORDS])


def _was_not_connected(error: BaseException) -> bool:
    """Whether urllib3, beneath, says that there was no connection."""
    cause = error.__cause__
    reason = cause.args[0] if isinstance(cause, requests.ConnectionError) and cause.args else None
    return isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError)


def _inner_message(attachment: MIMEPart) -> bytes:
    return b"\n".join(part.as_bytes() for part in attachment.iter_parts()) or attachment.as_bytes()


def _text(of: Parsed, subtype: str) -> str:
    body = of.get_body((subtype,))
    if not isinstance(body, MIMEPart):
        return ""
    try:
        return str(body.get_content())
    except LookupError:  # a charset that nobody here knows
        return bytes(body.get_payload(decode=True) or b"").decode(errors="replace")
