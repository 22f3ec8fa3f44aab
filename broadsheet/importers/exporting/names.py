"""Names of files and slugs in an export."""

from pathlib import PurePosixPath
from typing import Any


def file_name(stored: Any) -> str:
    """Of a picture or sound: its number makes it one of its kind."""
    return f"{stored.pk}-{PurePosixPath(stored.file.name).name}"


def unlike(slug: str, taken: set[str]) -> str:
    """`slug`, or that with the next free number; from then on it is taken."""
    number, found = 2, slug
    while found in taken:
        found, number = f"{slug}-{number}", number + 1
    taken.add(found)
    return found
