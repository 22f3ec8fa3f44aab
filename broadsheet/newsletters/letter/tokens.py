"""What differs between two readers of an issue: names that stand in the letter, and what becomes of them."""

import re
from typing import TYPE_CHECKING

from broadsheet.platform.signed_values import Keys, SignedValue

if TYPE_CHECKING:
    from broadsheet.newsletters.models.issue import Issue
    from broadsheet.newsletters.models.item import Item
    from broadsheet.newsletters.models.sign_up import SignUp

MAILBOX = SignedValue("broadsheet.newsletters.mailbox", re.compile(r"[0-9]{1,19}"), 80)
SIGN_UP = SignedValue("broadsheet.newsletters.sign_up", re.compile(r"[0-9]{1,19}"), 80)

PREFERENCES = "preferences"
"""Of the mailbox: it opens the preference centre."""
LEAVE = "leave"
"""Of the sign-up: a POST with it leaves this newsletter."""


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
        PREFERENCES: MAILBOX.sign(str(sign_up.mailbox_id), keys),
        LEAVE: SIGN_UP.sign(str(sign_up.pk), keys),
    }
