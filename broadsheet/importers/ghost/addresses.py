"""Where pages stood on a site of Ghost, by its routes.yaml, and where its redirects led."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import yaml
from django.utils.translation import gettext as _

from broadsheet.importers.files import Files, whole
from broadsheet.importers.records import Level, Note, Record, Redirect, Remark

PATTERN_SIGNS = set("^$*+?()[]|\\")


@dataclass(frozen=True)
class Collection:
    """Posts that stand below one address: those that `filter`, in Ghost's own words, lets in."""

    permalink: str
    filter: str = ""

    def takes(self, about: "About") -> bool:
        return not self.filter or any(
            all(map(about.says, either.split("+"))) for either in _parts(self.filter)
        )

    @property
    def is_understood(self) -> bool:
        terms = (term for either in _parts(self.filter) for term in either.split("+")) if self.filter else ()
        return all(TERM.fullmatch(term) for term in terms)


@dataclass(frozen=True, slots=True)
class About:
    """What a collection may ask of a post: slugs."""

    tags: list[str]
    """The primary one first."""
    authors: list[str]
    is_featured: bool = False

    def says(self, term: str) -> bool:
        found = TERM.fullmatch(term)
        if found is None:
            return False
        values = set(found["values"].strip("[]").split(","))
        known = {
            "tag": set(self.tags),
            "primary_tag": set(self.tags[:1]),
            "author": set(self.authors),
            "primary_author": set(self.authors[:1]),
            "featured": {str(self.is_featured).lower()},
        }[found["name"].removesuffix("s")]
        return bool(known & values) != bool(found["is_not"])


TERM = re.compile(
    r"\s*(?P<name>tags?|primary_tag|authors?|primary_author|featured):(?P<is_not>-?)(?P<values>\[[\w,-]+\]|[\w-]+)\s*"
)


def _parts(written: str) -> list[str]:
    """Those of which one is enough: at commas, but for those within brackets."""
    return re.split(r",(?![^\[]*\])", written)


@dataclass(frozen=True)
class Permalinks:
    collections: tuple[Collection, ...] = (Collection("/{slug}/"),)
    tag: str = "/tag/{slug}/"
    author: str = "/author/{slug}/"
    others: tuple[str, ...] = ()
    """Addresses of lists and pages that routes.yaml names."""

    @classmethod
    def of(cls, files: Files) -> Self:
        for entry in files.ending("routes.yaml", "routes.yml"):
            routes = _yaml(whole(entry, 1024 * 1024))
            if not isinstance(routes, dict):
                continue
            collections, taxonomies = _dict(routes.get("collections")), _dict(routes.get("taxonomies"))
            found = tuple(
                Collection(about["permalink"], str(about.get("filter") or ""))
                for about in collections.values()
                if isinstance(about, dict) and isinstance(about.get("permalink"), str)
            )
            return cls(
                collections=found or cls.collections,
                tag=str(taxonomies.get("tag") or cls.tag),
                author=str(taxonomies.get("author") or cls.author),
                others=tuple(
                    path for path in map(str, (*_dict(routes.get("routes")), *collections)) if path != "/"
                ),
            )
        return cls()

    def remarks(self) -> Iterator[Record]:
        for path in self.others:
            words = _("This page is made by your routes, and stays behind. Make a redirect, if it matters.")
            yield Remark(about=path, note=Note(Level.LEFT, words))
        for collection in self.collections:
            if not collection.is_understood:
                words = _("Which posts stood there can’t be told by this filter: look at their redirects.")
                yield Remark(about=collection.filter, note=Note(Level.LEFT, words))

    def of_post(self, row: dict[str, Any], at: datetime | None, about: About) -> str:
        values = {
            "slug": str(row.get("slug") or ""),
            "id": str(row.get("id") or ""),
            "primary_tag": next(iter(about.tags), "all"),
            "primary_author": next(iter(about.authors), ""),
            "year": f"{at:%Y}" if at else "",
            "month": f"{at:%m}" if at else "",
            "day": f"{at:%d}" if at else "",
        }
        # A post stands in the first collection that takes it; what none takes has no address.
        path = next((one.permalink for one in self.collections if one.takes(about)), "/{slug}/")
        for name, value in values.items():
            path = path.replace(f"{{{name}}}", value)
        return path


def _dict(found: Any) -> dict[Any, Any]:
    return found if isinstance(found, dict) else {}


def redirects_in(files: Files) -> Iterator[Record]:
    for entry in files.ending("redirects.yaml", "redirects.yml", "redirects.json"):
        raw = whole(entry, 10 * 1024 * 1024)
        try:
            found = json.loads(raw) if entry.name.endswith(".json") else _yaml(raw)
        except ValueError:
            found = None
        pairs = list(_pairs(found))
        if found is None and raw.strip():
            yield Remark(
                about=entry.name,
                note=Note(Level.LEFT, _("It could not be read: no redirects were taken from it.")),
            )
        for old, new in pairs:
            if PATTERN_SIGNS & set(old.removeprefix("^").removesuffix("$")):
                yield Remark(
                    about=old,
                    note=Note(
                        Level.LEFT,
                        _("This redirect to %s is a pattern. Make one for each address that matters.") % new,
                    ),
                )
            else:
                yield Redirect(old=old.removeprefix("^").removesuffix("$"), new=new)


def _pairs(found: Any) -> Iterator[tuple[str, str]]:
    match found:
        case list():
            for row in found:
                match row:
                    case {"from": str(old), "to": str(new)}:
                        yield old, new
        case dict():
            for pairs in found.values():
                if isinstance(pairs, dict):
                    yield from ((str(old), str(new)) for old, new in pairs.items())


def _yaml(raw: bytes) -> Any:
    try:
        return yaml.safe_load(raw)
    except yaml.YAMLError:
        return None
