"""Who of our staff may see whose account a question is about, and move what is in it."""

from typing import Any


def may_see_questions(user: Any) -> bool:
    return bool(user.has_perm("contact.view_conversation"))


def may_answer(user: Any) -> bool:
    return bool(user.has_perm("contact.change_conversation"))


def may_see_accounts(user: Any) -> bool:
    """As for the list of readers."""
    return bool(user.has_perm("membership.change_entitlement"))


def may_move(user: Any) -> bool:
    return bool(user.has_perm("membership.change_subscription"))
