"""Where the links of a reader of newsletters lead to."""

from django.urls import reverse
from django.utils import translation

from broadsheet.newsletters.models import Mailbox, Newsletter
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
    return _address("newsletter_preferences", mailbox.edition, token_of(mailbox))


def leave_address(mailbox: int, newsletter: Newsletter) -> str:
    """That of List-Unsubscribe: a POST to it leaves `newsletter`, and a GET shows a button."""
    token = ReaderToken(mailbox, newsletter.pk).sealed(signing_keys())
    return _address("newsletter_leave", newsletter.edition, token)


def _address(name: str, edition: str, token: str) -> str:
    with translation.override(edition):
        return absolute(reverse(name, args=[token]))
