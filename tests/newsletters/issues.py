"""Newsletters, their readers and issues, as the editors' room has made them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import translation

from broadsheet.editorial.models import Publication
from broadsheet.newsletters.models import Issue, Mailbox, Newsletter, SignUp
from broadsheet.newsletters.reader_token import ReaderToken
from broadsheet.platform import clock
from broadsheet.platform.http.signed_cookies import signing_keys
from tests.magazine import PRINTED, Magazine

TUESDAY = date(2026, 3, 3)
NIGHT = datetime(2026, 3, 2, 20, tzinfo=UTC)
"""Before Tuesday's issue: in New York it is three in the afternoon."""


def make_newsletter(slug: str = "briefing", **fields: Any) -> Newsletter:
    Publication.objects.update_or_create(defaults={"postal_address": "1 Quay Street\nPort Ellery"})
    defaults = {"name": slug.capitalize(), "edition": "en-us", "frequency": "daily", "is_digest": True}
    return Newsletter.objects.create(slug=slug, **(defaults | fields))


def sign_up(
    newsletter: Newsletter, address: str = "ada@reader.example", zone: str = "", **fields: Any
) -> SignUp:
    """Confirmed a week before the magazine was printed, unless `fields` say otherwise."""
    mailbox, _new = Mailbox.objects.get_or_create(
        address=address, defaults={"edition": newsletter.edition, "time_zone": zone}
    )
    confirmed_at = PRINTED - timedelta(days=7)
    defaults = {"state": SignUp.State.CONFIRMED, "place": "page", "confirmed_at": confirmed_at}
    made = SignUp.objects.create(newsletter=newsletter, mailbox=mailbox, **(defaults | fields))
    made.consents.create(words="I want it.", place=made.place, confirmed_at=made.confirmed_at)
    return made


def make_issue(newsletter: Newsletter, *slugs: str, magazine: Magazine | None = None, **fields: Any) -> Issue:
    """A draft of Tuesday's issue with the articles called `slugs`."""
    defaults = {"kind": Issue.Kind.DIGEST, "send_on": TUESDAY, "subject": "Tuesday’s briefing"}
    issue = Issue.objects.create(newsletter=newsletter, **(defaults | fields))
    for slug in slugs:
        issue.add_article((magazine or Magazine()).article(slug))
    return issue


def names(issue: Issue) -> list[str]:
    return [item.article.slug if item.article else item.url for item in issue.shown_items]


def at_night() -> Any:
    return clock.moved_to(NIGHT)


def leave_path(mailbox: Mailbox, newsletter: Newsletter) -> str:
    """Of the page by which they leave it, as List-Unsubscribe names it."""
    token = ReaderToken(mailbox.pk, newsletter.pk).sealed(signing_keys())
    with translation.override(newsletter.edition):
        return reverse("newsletter_leave", args=[token])
