"""Reporters read what is written about their work. Addresses only those see who answer the letters."""

from typing import Any


def may_edit_letters(user: Any) -> bool:
    return bool(user.has_perm("editorial.change_lettertoeditor"))
