"""What we write to people about their accounts: as text, and the same as simple HTML."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from broadsheet.delivery.letters import RecordedLetter, sender
from broadsheet.people.models import MailedCode
from broadsheet.people.models.mailed_code import LIFETIME

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written to somebody, as plain text; how it looks is the same for all of them."""

    subject: str
    """Names nobody, or else `on_record` does without."""
    paragraphs: Sequence[str]
    facts: Sequence[tuple[str, str]] = ()
    """Names and values, set as a list below the paragraphs."""
    action: tuple[str, str] | None = None
    """What the button says, and the absolute address that it leads to."""
    after: Sequence[str] = ()
    attachments: Sequence[tuple[str, bytes, str]] = ()
    """File name, contents, media type."""
    on_record: str = ""
    """What the desk reads that it was, where its subject names somebody."""


class NotPosted(Exception):
    """Nobody took the message to send it; trying later may help."""


def post(request: HttpRequest, letter: str, to: str, context: dict[str, Any] | None = None) -> None:
    """Sends `people/letters/<letter>.txt` and `.html` to `to`; raises NotPosted.

    The first line of the text is its subject.
    """
    context = {"public_url": settings.PUBLIC_URL, "email": to, **(context or {})}
    subject, _newline, text = (
        render_to_string(f"people/letters/{letter}.txt", context, request=request).strip().partition("\n")
    )
    html = render_to_string(f"people/letters/{letter}.html", {**context, "subject": subject}, request=request)
    message = _message(subject, text, html, to)
    message.on_record = subject.replace(str(context["code"]), "…") if "code" in context else subject
    _hand_over(message, letter)


def _message(subject: str, text: str, html: str, to: str) -> RecordedLetter:
    message = RecordedLetter(subject, text.strip() + "\n", from_email=sender(), to=[to])
    # Out-of-office replies and the like would go nowhere.
    message.extra_headers = {"Auto-Submitted": "auto-generated"}
    message.attach_alternative(html, "text/html")
    return message


def post_letter(letter: Letter, to: str, edition: str) -> None:
    """Sends `letter` to `to`, in the words of the edition with that language tag; raises NotPosted.

    It needs no request: letters are due by the clock, too.
    """
    with translation.override(edition):
        text, html = written(letter, to)
    message = _message(" ".join(letter.subject.split()), text, html, to)
    message.on_record = str(letter.on_record or message.subject)
    for name, contents, media_type in letter.attachments:
        message.attach(name, contents, media_type)
    _hand_over(message, letter.subject)


def written(letter: Letter, to: str = "") -> tuple[str, str]:
    """`letter` as text and as HTML, in the language that is active; `to` is named at its foot."""
    context = {
        "public_url": settings.PUBLIC_URL,
        "email": to,
        "letter": letter,
        "subject": letter.subject,
    }
    # An empty one, for the context processors that say what publication this is.
    request = HttpRequest()
    text = render_to_string("people/letters/letter.txt", context, request=request)
    return text, render_to_string("people/letters/letter.html", context, request=request)


def _hand_over(message: RecordedLetter, what: str) -> None:
    """Raises NotPosted."""
    try:
        message.send()
    except OSError as error:
        logger.error("A letter, “%s”, could not be posted: %s", what, error)
        raise NotPosted from error


def post_code(request: HttpRequest, mailed: MailedCode) -> None:
    """The code and, for signing in, the link; raises NotPosted."""
    link = settings.PUBLIC_URL + reverse("people:link", args=[mailed.token])
    context = {"code": mailed.code, "link": link, "minutes": int(LIFETIME.total_seconds() // 60)}
    post(request, mailed.purpose, mailed.email, context)


def post_notice(request: HttpRequest, to: str, what: str, **context: Any) -> None:
    """Tells somebody what was changed in their account. It has happened whether or not this arrives."""
    try:
        post(request, "notice", to, {"what": what, **context})
    except NotPosted:
        logger.warning("A notice about an account was not posted")
