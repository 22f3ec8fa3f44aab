"""The editions: a language tag each, and the path that it stands under."""

import re

from babel import Locale, UnknownLocaleError
from django.conf.locale import LANG_INFO

from broadsheet.environment.malformed import Malformed

PREFIX = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def editions(raw: str) -> dict[str, str]:
    """Language tag → path, in order; the first stands at ``/``. Raises Malformed."""
    found: dict[str, str] = {}
    for position, word in enumerate(raw.replace(",", " ").split()):
        written, _, prefix = word.partition(":")
        tag = language(written)
        if position == 0 and prefix:
            raise Malformed("the first edition stands at / and takes no path")
        if position and not PREFIX.fullmatch(prefix):
            raise Malformed(f"{tag} needs a path of small letters, digits and hyphens")
        if tag in found:
            raise Malformed(f"{tag} is there twice")
        if prefix in found.values():
            raise Malformed(f"two editions stand under {prefix}")
        found[tag] = prefix
    if not found:
        raise Malformed("it names no edition")
    return found


def language(tag: str) -> str:
    """A tag in small letters of a language that dates and the desk can be written in; raises Malformed."""
    tag = tag.lower()
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        raise Malformed(f"{tag} is no language tag that is known") from None
    if tag not in LANG_INFO and tag.partition("-")[0] not in LANG_INFO:
        raise Malformed(f"Django has no words in {tag}")
    return tag
