"""Where pages stood on a site of Ghost, by its routes.yaml, and where its redirects led."""

import json
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
class Permalinks:
    post: str = "/{slug}/"
    tag: str = "/tag/{slug}/"
    author: str = "/author/{slug}/"

    @classmethod
    def of(cls, files: Files) -> Self:
        for entry in files.ending("routes.yaml", "routes.yml"):
            routes = _yaml(whole(entry, 1024 * 1024))
            if not isinstance(routes, dict):
                continue
            collections, taxonomies = routes.get("collections"), routes.get("taxonomies")
            # Of several collections the last takes what no other did.
            links = [
                about["permalink"]
                for about in (collections.values() if isinstance(collections, dict) else [])
                if isinstance(about, dict) and isinstance(about.get("permalink"), str)
            ]
            found = taxonomies if isinstance(taxonomies, dict) else {}
            return cls(
                post=links[-1] if links else cls.post,
                tag=str(found.get("tag") or cls.tag),
                author=str(found.get("author") or cls.author),
            )
        return cls()

    def of_post(self, row: dict[str, Any], at: datetime | None, is_page: bool, tag: str, author: str) -> str:
        slug = str(row.get("slug") or "")
        if is_page:
            return f"/{slug}/"
        values = {
            "slug": slug,
            "id": str(row.get("id") or ""),
            "primary_tag": tag or "all",
            "primary_author": author,
            "year": f"{at:%Y}" if at else "",
            "month": f"{at:%m}" if at else "",
            "day": f"{at:%d}" if at else "",
        }
        path = self.post
        for name, value in values.items():
            path = path.replace(f"{{{name}}}", value)
        return path


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
