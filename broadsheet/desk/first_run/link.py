"""The link by which the first person comes in: only who sees the host's terminal or journal can have it.

It is made of SECRET_KEY, so that all hosts print the same one and no backup holds it. It counts until the
magazine is set up, or somebody works here.
"""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Info
from django.db import DatabaseError, InterfaceError
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from broadsheet.editorial.models import Edition
from broadsheet.people.models import Person

SALT = "broadsheet.desk.first_run"


def is_needed() -> bool:
    """Whether there is no edition yet."""
    return not Edition.objects.exists()


def is_open() -> bool:
    """Whether the link lets in: where somebody works here already, they use the terminal."""
    return is_needed() and not Person.objects.staff().exists()


def key() -> str:
    return salted_hmac(SALT, "", algorithm="sha256").hexdigest()


def is_key(given: str) -> bool:
    return constant_time_compare(given, key())


def address() -> str:
    return f"{settings.PUBLIC_URL}{reverse('first_run_link', args=[key()])}"


def check_first_run(**kwargs: Any) -> list[CheckMessage]:
    """Says how to begin, until that is done."""
    if settings.MODE == "demo":
        return []  # `seed` makes its magazine
    try:
        if not is_open():
            return []
    except (DatabaseError, InterfaceError):  # another check says so
        return []
    words = (
        "The magazine is still to be set up: run `broadsheet start`, or open this link, which is yours alone "
        f"and works until it is used: {address()}"
    )
    return [Info(words, id="broadsheet.I040")]
