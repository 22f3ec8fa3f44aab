"""The crawlers that are known by name: see ``crawlers.toml`` beside this file."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

LISTED = Path(__file__).with_name("crawlers.toml")
LONGEST_NAME = 1000
"""Characters of a User-Agent that are looked at."""


class Purpose(TextChoices):
    SEARCH = "search", _("Search")
    AI = "ai", _("AI")
    PREVIEW = "preview", _("Previews of links")


class Treatment(TextChoices):
    """The most that a crawler gets of an article."""

    FULL = "full", _("All of it")
    PREVIEW = "preview", _("The opening")
    NOTHING = "nothing", _("Nothing")


DEFAULTS = {Purpose.SEARCH: Treatment.FULL, Purpose.AI: Treatment.PREVIEW, Purpose.PREVIEW: Treatment.PREVIEW}


@dataclass(frozen=True, slots=True)
class KnownCrawler:
    slug: str
    name: str
    operator: str
    purpose: Purpose
    tokens: tuple[str, ...]
    """What its User-Agent holds; empty where it never comes itself."""
    robots: tuple[str, ...]
    """What robots.txt calls it."""
    reads_as: str
    """The slug of the crawler that reads for it, where it is a name for robots.txt and nothing else."""
    domains: tuple[str, ...]
    ranges: tuple[str, ...]
    """Addresses at which its operator publishes the networks it comes from."""

    @property
    def default(self) -> Treatment:
        return DEFAULTS[self.purpose]

    @property
    def can_be_proven(self) -> bool:
        return bool(self.domains or self.ranges)

    @property
    def treatments(self) -> list[Treatment]:
        """Those that make a difference: a crawler that can't be proven never gets more than the opening."""
        if self.reads_as or self.can_be_proven:
            return list(Treatment)
        return [Treatment.PREVIEW, Treatment.NOTHING]

    def is_disallowed(self, treatment: Treatment) -> bool:
        """Whether robots.txt keeps it out. What another crawler reads for it in full, it has in full."""
        return treatment == Treatment.NOTHING or (bool(self.reads_as) and treatment != Treatment.FULL)


def _read(slug: str, entry: Mapping[str, Any]) -> KnownCrawler:
    tokens = tuple(entry["tokens"])
    return KnownCrawler(
        slug=slug,
        name=entry["name"],
        operator=entry["operator"],
        purpose=Purpose(entry["purpose"]),
        tokens=tokens,
        robots=tuple(entry.get("robots", tokens)),
        reads_as=entry.get("reads_as", ""),
        domains=tuple(entry.get("domains", ())),
        ranges=tuple(entry.get("ranges", ())),
    )


KNOWN = {slug: _read(slug, entry) for slug, entry in tomllib.loads(LISTED.read_text("utf-8")).items()}
"""By slug, in the order of the file."""

_BY_TOKEN = {token.lower(): crawler for crawler in KNOWN.values() for token in crawler.tokens}
# Whole words: of two tokens that begin alike the longer one is tried first.
_ANY_TOKEN = re.compile(
    rf"\b(?:{'|'.join(re.escape(token) for token in sorted(_BY_TOKEN, key=len, reverse=True))})\b",
    re.IGNORECASE,
)


def claimed_by(user_agent: str) -> KnownCrawler | None:
    """The crawler that a User-Agent claims to be: the first that it names. Proves nothing."""
    return _claimed_by(user_agent[:LONGEST_NAME])


# The same few hundred come again and again.
@lru_cache(maxsize=2000)
def _claimed_by(user_agent: str) -> KnownCrawler | None:
    found = _ANY_TOKEN.search(user_agent)
    return _BY_TOKEN[found[0].lower()] if found else None
