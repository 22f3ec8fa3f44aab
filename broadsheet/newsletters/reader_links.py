"""Where the links of a reader of newsletters lead to."""

from django.urls import reverse
from django.utils import translation

from broadsheet.newsletters.models import Mailbox
from broadsheet.newsletters.reader_token import ReaderToken
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.http.signed_cookies import signing_keys


def token_of(mailbox: Mailbox) -> str:
    return ReaderToken(mailbox.pk, None).sealed(signing_keys())


def preferences_path(mailbox: Mailbox, done: str = "") -> str:
    """In the edition of the page; `done` says what was done before."""
    path = reverse("newsletter_preferences", args=[token_of(mailbox)])
    return f"{path}?done={done}" if done else path


def preferences_address(mailbox: Mailbox) -> str:
    """Absolute, in the mailbox's edition; for letters."""
    with translation.override(mailbox.edition):
        return absolute(preferences_path(mailbox))
