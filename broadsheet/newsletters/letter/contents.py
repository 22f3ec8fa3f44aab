"""What an issue says, as plain values: the letter and its page in the archive are made of the same."""

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from django.utils.translation import get_language_info

from broadsheet.identity.choices import ACCENT, ACCENT_IN_THE_DARK

LANGUAGES_FROM_THE_RIGHT = frozenset({"ckb", "dv", "ku", "ps", "sd", "syr", "ug", "yi"})
"""Those that Django doesn't know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    address: str
    """Absolute, of a JPEG or PNG: some mail programs show nothing else."""
    width: int
    height: int
    alt: str
    credit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    headline: str
    link: str
    """Absolute."""
    standfirst: str = ""
    kicker: str = ""
    source: str = ""
    """Who published it, where that isn't us."""
    photo: Photo | None = None
    is_lead: bool = False
    pass_token: str = ""
    """The name of the token that is each reader's pass to it; empty where the link carries none."""


@dataclass(frozen=True, slots=True)
class Accents:
    """The accent colours, on light paper and in the dark."""

    light: str = ACCENT
    dark: str = ACCENT_IN_THE_DARK


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    publication: str
    home: str
    """The publication's absolute address."""
    newsletter: str
    language: str
    """A language tag, ``en-GB``."""
    subject: str
    preheader: str = ""
    dated: str = ""
    """The issue's day and number, as readers are told them."""
    note: str = ""
    """HTML: by the editor, above the stories."""
    signature: str = ""
    stories: tuple[Story, ...] = ()
    body: str = ""
    """HTML, made of our own components: what was written by hand."""
    web: str = ""
    """The issue's page in the archive."""
    postal_address: str = ""
    accents: Accents = Accents()
    why: str = ""
    """Why this reader gets it."""

    @property
    def direction(self) -> str:
        return "rtl" if is_from_the_right(self.language) else "ltr"


def is_from_the_right(tag: str) -> bool:
    language = tag.partition("-")[0].lower()
    if language in LANGUAGES_FROM_THE_RIGHT:
        return True
    try:
        return bool(get_language_info(language)["bidi"])
    except KeyError:
        return False


def without_tokens[T](value: T) -> T:
    """`value`, in which nothing that people wrote can be taken for a token (``{{leave}}``).

    A word joiner, which nobody sees, parts the braces.
    """
    found: Any = value
    if isinstance(value, str):
        while "{{" in found:
            found = found.replace("{{", "{\u2060{")
    elif isinstance(value, tuple):
        found = tuple(without_tokens(item) for item in value)
    elif is_dataclass(value) and not isinstance(value, type):
        changed = {field.name: without_tokens(getattr(value, field.name)) for field in fields(value)}
        found = replace(value, **changed)
    return found
