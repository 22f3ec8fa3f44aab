"""Whether a reader can leave by one click, and whether nothing happens to one whose mail is scanned.

Both are tried for real, over HTTP, as a reader who is there for as long as the trial lasts.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from secrets import token_hex
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from broadsheet.delivery import post_room
from broadsheet.newsletters.models import Issue, Mailbox, Place, SignUp
from broadsheet.newsletters.preflight.finding import Finding, Severity, fault, note, warning
from broadsheet.newsletters.preflight.links import is_ours
from broadsheet.platform import clock

CHECK = gettext_lazy("Leaving")
SECONDS = 10.0
ONE_CLICK = "List-Unsubscribe=One-Click"
SIGNED_TOO = {"list-unsubscribe", "list-unsubscribe-post"}


@contextmanager
def trial_reader(issue: Issue) -> Iterator[SignUp]:
    """A reader of the newsletter to whom nothing is ever sent."""
    at = clock.now()
    mailbox = Mailbox.objects.create(
        address=f"preflight-{token_hex(8)}@trial.invalid",
        edition=issue.newsletter.edition,
        paused_until=at + timedelta(days=36_500),
    )
    try:
        yield mailbox.sign_ups.create(
            newsletter=issue.newsletter, state=SignUp.State.CONFIRMED, place=Place.STAFF, confirmed_at=at
        )
    finally:
        mailbox.delete()


def check_leaving(message: bytes, sign_up: SignUp) -> Iterator[Finding]:
    """`message` as `sign_up`, whose reader is there for the trial, would get it."""
    yield from _headers(message)
    letter = message_from_bytes(message, policy=default)
    grave = Severity.FAULT if settings.PRODUCTION else Severity.WARNING
    try:
        yield from _scanned(letter.get_body(["html"]).get_content(), sign_up)  # type: ignore[union-attr]
        yield from _one_click(_address_in(letter["List-Unsubscribe"]), sign_up)
    except (OSError, HTTPException) as error:
        said = _("{address} does not answer, so that leaving could not be tried: {error}").format(
            address=settings.PUBLIC_URL, error=error
        )
        yield Finding(grave, CHECK, said)


def _headers(message: bytes) -> Iterator[Finding]:
    letter = message_from_bytes(message, policy=default)
    if not _address_in(letter["List-Unsubscribe"]) or letter["List-Unsubscribe-Post"] != ONE_CLICK:
        yield fault(CHECK, _("The headers by which a mail program leaves (RFC 8058) are not there."))
        return
    if post_room.signer() is None:
        yield warning(CHECK, _("We don’t sign: whoever does must sign both List-Unsubscribe headers too."))
        return
    signature = re.search(r"[;\s]h=([^;]*)", str(letter["DKIM-Signature"] or ""))
    signed = {name.strip().lower() for name in signature[1].split(":")} if signature else set()
    if signed >= SIGNED_TOO:
        yield note(CHECK, _("Both List-Unsubscribe headers are signed."))
    else:
        yield fault(CHECK, _("The signature leaves out List-Unsubscribe, so that Gmail ignores it."))


def _scanned(html: str, sign_up: SignUp) -> Iterator[Finding]:
    """Opens each of the letter's links to us, as scanners do."""
    links = {str(link["href"]) for link in BeautifulSoup(html, "html.parser").find_all("a", href=True)}
    opened = sorted(filter(is_ours, links))
    before = _state_of(sign_up)
    for address in opened:
        for method in ("HEAD", "GET"):
            _ask(method, address)
            if _state_of(sign_up) != before:
                yield fault(
                    CHECK,
                    _("A mere {method} of {address} changes what a reader gets.").format(
                        method=method, address=address
                    ),
                )
                return
    said = ngettext(
        "A scanner that opens all {count} links to us changes nothing.",
        "A scanner that opens all {count} links to us changes nothing.",
        len(opened),
    )
    yield note(CHECK, said.format(count=len(opened)))


def _one_click(address: str, sign_up: SignUp) -> Iterator[Finding]:
    status = _ask("POST", address, ONE_CLICK)
    sign_up.refresh_from_db()
    if status in range(200, 300) and sign_up.state == SignUp.State.LEFT:
        yield note(CHECK, _("One click, tried without a cookie, unsubscribes."))
    elif status in range(300, 400):
        yield fault(CHECK, _("One click is answered by a redirect, which mail programs don’t follow."))
    else:
        yield fault(
            CHECK,
            _("One click does not unsubscribe: {address} answers {status}.").format(
                address=address, status=status
            ),
        )


def _state_of(sign_up: SignUp) -> tuple[object, ...]:
    """All that could have changed of this reader."""
    found = SignUp.objects.filter(mailbox=sign_up.mailbox_id).order_by("pk").values_list()
    return (*found, *Mailbox.objects.filter(pk=sign_up.mailbox_id).values_list())


def _address_in(header: object) -> str:
    found = re.search(r"<(https?://[^>]+)>", str(header or ""))
    return found[1] if found else ""


def _ask(method: str, address: str, body: str | None = None) -> int:
    """Of our own site alone, without a cookie and without following. Raises OSError, HTTPException."""
    parts = urlsplit(address)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.netloc, timeout=SECONDS)
    headers = {"User-Agent": "Broadsheet preflight scanner"}
    if body:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request(method, parts._replace(scheme="", netloc="", fragment="").geturl(), body, headers)
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()
