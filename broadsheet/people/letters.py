"""What we write to people about their accounts: as text, and the same as simple HTML."""

import logging
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from broadsheet.people.models import MailedCode
from broadsheet.people.models.mailed_code import LIFETIME

logger = logging.getLogger(__name__)


class NotPosted(Exception):
    """The mail server could not be reached or refused the message; trying later may help."""


def post(request: HttpRequest, letter: str, to: str, context: dict[str, Any] | None = None) -> None:
    """Sends `people/letters/<letter>.txt` and `.html` to `to`; raises NotPosted.

    The first line of the text is its subject.
    """
    context = {"public_url": settings.PUBLIC_URL, "email": to, **(context or {})}
    subject, _newline, text = (
        render_to_string(f"people/letters/{letter}.txt", context, request=request).strip().partition("\n")
    )
    html = render_to_string(f"people/letters/{letter}.html", {**context, "subject": subject}, request=request)
    message = EmailMultiAlternatives(subject, text.strip() + "\n", to=[to])
    # Out-of-office replies and the like would go nowhere.
    message.extra_headers = {"Auto-Submitted": "auto-generated"}
    message.attach_alternative(html, "text/html")
    try:
        message.send()
    except (SMTPException, OSError) as error:
        logger.error("A letter of the kind %s could not be posted: %s", letter, error)
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
