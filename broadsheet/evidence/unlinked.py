from collections.abc import Iterator
from typing import Any


def unlinked_sources(raw: Any) -> Iterator[str]:
    """The names of sources without an address in `raw`, a body as it is stored: lists, dicts and text."""
    if isinstance(raw, dict):
        source = raw.get("source")
        if isinstance(source, dict) and source.get("name") and not source.get("url"):
            yield source["name"]
        for value in raw.values():
            yield from unlinked_sources(value)
    elif isinstance(raw, list):
        for value in raw:
            yield from unlinked_sources(value)
