"""Who sent a message that came in: a mail server that returns one, or a program that answers for a person."""

import re
from email.utils import parseaddr

from broadsheet.delivery.intake.parts import Fields, field

SERVERS = {"mailer-daemon", "mail-daemon", "postmaster", "mailerdaemon", "mdaemon", "microsoftexchange"}
"""The names by which mail servers write."""
ANSWERED = re.compile(
    r"automat(?:ic|ed) (?:reply|response|answer)|\bauto(?:matic)?[- ]?(?:reply|response|responder|answer)\b"
    r"|out[- ]of[- ](?:the[- ])?office|\boof\b|\bvacation\b"
    r"|\b(?:on|annual|parental|maternity) (?:holiday|leave)\b|away from (?:the office|my)|i.? ?a?m away"
    r"|abwesen|automatische antwort|nicht im (?:büro|haus)|r[ée]ponse automatique|absen(?:ce|te) du bureau"
    r"|respuesta autom|fuera de la oficina|risposta automatica|fuori ufficio|autosvar|afwezig"
    r"|automatisch antwoord",
    re.IGNORECASE,
)
ANSWERING = (
    *("x-autoreply", "x-autorespond", "x-autoresponder"),
    *("x-auto-reply-from", "x-mail-autoreply", "x-vacation"),
)
"""Header fields that only such programs write."""


def is_from_nobody(message: Fields) -> bool:
    """Whether its envelope had no sender, as that of a report must not (RFC 5321, 4.5.5).

    The mail server says so in Return-Path. One that does not is believed where a server signs the message.
    """
    if "return-path" not in message:
        return _is_from_a_server(message)
    path = field(message, "return-path").strip("<> ")
    # Some servers put this where nothing stands.
    return path.partition("@")[0].lower() in {"", "mailer-daemon"}


def is_answer_by_machine(message: Fields) -> bool:
    """Somebody is on holiday, has read a message or has opened a ticket: nothing came back."""
    if message.get_param("report-type") == "disposition-notification":
        return True
    if any(name in message for name in ANSWERING) or field(message, "precedence").lower() == "auto_reply":
        return True
    subject = field(message, "subject")
    if _is_from_a_server(message):
        # Behind its beginning there may be the subject of the message that it returns.
        return ANSWERED.match(subject) is not None
    is_automatic = field(message, "auto-submitted").lower().startswith("auto-")
    return is_automatic or ANSWERED.search(subject) is not None


def _is_from_a_server(message: Fields) -> bool:
    mailbox = parseaddr(field(message, "from"))[1].partition("@")[0].lower()
    # Exchange adds a number of its own to the name.
    return any(mailbox.startswith(name) for name in SERVERS)
