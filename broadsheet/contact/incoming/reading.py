"""One mail to the contact address, as plain values."""

import re
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message as Mail
from email.utils import parseaddr
from html import unescape

from django.conf import settings
from django.utils.html import strip_tags

from broadsheet.contact.incoming.attachments import attachment
from broadsheet.contact.models import Attachment
from broadsheet.contact.threads import is_ours
from broadsheet.delivery.addresses import NotAnAddress, canonical, tidied
from broadsheet.delivery.intake.automatic import is_answer_by_machine, is_from_nobody
from broadsheet.delivery.intake.parts import Fields, decoded, identity, sender, text_of
from broadsheet.delivery.intake.parts import field as header
from broadsheet.platform.characters import without_forbidden

LARGEST = 25 * 1024 * 1024
"""Bytes of a whole mail, with its files written as text."""
LONGEST_TEXT = 100_000
MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,240}>")
"""Between angle brackets, in ASCII: what may stand in a header field of ours."""
NO_TEXT = re.compile(r"<(style|script|head|title)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
NEW_LINE = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6])\b[^>]*>", re.IGNORECASE)
BULK = {"bulk", "junk", "list"}


class NotFromAPerson(ValueError):
    """No person waits for an answer: a program wrote it, or a list, or we did."""


@dataclass(frozen=True, slots=True)
class Arrived:
    email: str
    name: str
    subject: str
    text: str
    identity: str
    to: tuple[str, ...] = ()
    """Addresses of ours that it is for, with what stands behind their plus."""
    message_id: str = ""
    references: tuple[str, ...] = ()
    """The newest first."""
    attachments: list[Attachment] = field(default_factory=list)
    is_spam: bool = False


def read(raw: bytes, envelope_to: str = "") -> Arrived:
    """Raises NotFromAPerson."""
    if len(raw) > LARGEST:
        raise NotFromAPerson("It is larger than 25 MB.")
    mail = message_from_bytes(raw)
    email, name = _sender(mail)
    _require_person(mail, email)
    text, files = _contents(mail)
    known = [header(mail, "in-reply-to"), *reversed(MESSAGE_ID.findall(header(mail, "references")))]
    return Arrived(
        email=email,
        name=name,
        subject=header(mail, "subject")[:200],
        text=text,
        identity=identity(mail, raw),
        to=tuple(one for one in [envelope_to, *_recipients(mail)] if is_ours(one)),
        message_id=_message_id(header(mail, "message-id")),
        references=tuple(dict.fromkeys(found for one in known if (found := _message_id(one)))),
        attachments=files,
        is_spam=_is_marked(mail),
    )


def _sender(mail: Fields) -> tuple[str, str]:
    """The address to answer to and the name; raises NotFromAPerson."""
    name, written = sender(mail)
    try:
        address = canonical(tidied(written))
    except NotAnAddress as error:
        raise NotFromAPerson("It does not say from whom it is.") from error
    return address, without_forbidden(name)[:150]


def _require_person(mail: Fields, email: str) -> None:
    # Its envelope's sender decides where the server says so; a person's own mail has one.
    if is_from_nobody(mail) or is_answer_by_machine(mail):
        raise NotFromAPerson("A program wrote it.")
    if header(mail, "auto-submitted").lower().partition(";")[0].strip() not in {"", "no"}:
        raise NotFromAPerson("A program wrote it.")
    if header(mail, "precedence").lower() in BULK or "list-id" in mail or "list-unsubscribe" in mail:
        raise NotFromAPerson("It went to a list.")
    ours = {canonical(parseaddr(settings.DEFAULT_FROM_EMAIL)[1])}
    if email in ours or is_ours(email):
        raise NotFromAPerson("We wrote it ourselves.")


def _recipients(mail: Fields) -> list[str]:
    names = ("delivered-to", "x-original-to", "to", "cc")
    return [
        parseaddr(one)[1]
        for name in names
        for value in mail.get_all(name, [])
        for one in str(value).split(",")
    ]


def _message_id(written: str) -> str:
    found = MESSAGE_ID.search(written)
    return found[0] if found else ""


def _is_marked(mail: Fields) -> bool:
    """Whether the mail server, or what scans for it, takes it for spam."""
    flag = header(mail, "x-spam-flag") or header(mail, "x-spam") or header(mail, "x-spam-status")
    return flag.strip().lower().startswith("yes")


def _contents(mail: Fields) -> tuple[str, list[Attachment]]:
    plain: list[str] = []
    html: list[str] = []
    files: list[Attachment] = []
    for part in mail.walk():
        kind = part.get_content_type()
        if part.is_multipart() and kind != "message/rfc822":
            continue
        name = _file_name(part)
        if name or part.get_content_disposition() == "attachment" or not kind.startswith("text/"):
            if kind != "message/rfc822":
                content = part.get_payload(decode=True)
                data = content if isinstance(content, bytes) else b""
                files.append(attachment(name, kind, data, len(files)))
        elif kind == "text/plain":
            plain.append(text_of(part))
        elif kind == "text/html":
            html.append(_without_markup(text_of(part)))
    text = "\n".join(plain).strip() or "\n".join(html).strip()
    return without_forbidden(text.replace("\r\n", "\n").replace("\r", "\n"))[:LONGEST_TEXT], files


def _file_name(part: Mail) -> str:
    try:
        return decoded(part.get_filename() or "")
    except (LookupError, TypeError, ValueError):
        return "attachment"


def _without_markup(html: str) -> str:
    text = unescape(strip_tags(NEW_LINE.sub("\n", NO_TEXT.sub("", html))))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
