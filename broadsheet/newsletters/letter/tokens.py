"""What differs between two readers of an issue: names that stand in the letter, and what becomes of them."""

from typing import TYPE_CHECKING

from broadsheet.newsletters.reader_token import ReaderToken
from broadsheet.platform.signed_values import Keys

if TYPE_CHECKING:
    from broadsheet.newsletters.models.issue import Issue
    from broadsheet.newsletters.models.item import Item
    from broadsheet.newsletters.models.sign_up import SignUp

PREFERENCES = "preferences"
"""Of the mailbox: it opens the preference centre."""
LEAVE = "leave"
"""Of the mailbox and the newsletter: a POST with it leaves this newsletter."""


def pass_to(item: "Item") -> str:
    """The name of each reader's pass to the article of `item`."""
    return f"pass{item.pk}"


def passes_in(issue: "Issue") -> "dict[str, Item]":
    """Name → item, for each whose link opens its article."""
    if not issue.newsletter.opens_articles:
        return {}
    return {pass_to(item): item for item in issue.shown_items if item.article_uuid}


def names_for(issue: "Issue") -> list[str]:
    return [PREFERENCES, LEAVE, *passes_in(issue)]


def links_of(sign_up: "SignUp", keys: Keys) -> dict[str, str]:
    return {
        PREFERENCES: ReaderToken(sign_up.mailbox_id, None).sealed(keys),
        LEAVE: ReaderToken(sign_up.mailbox_id, sign_up.newsletter_id).sealed(keys),
    }
