"""WordPress’s export, streamed: what stands in the channel, one element after another, whatever its size."""

import io
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from broadsheet.importers.files import Entry, reading

CONTROL = bytes(set(range(32)) - {9, 10, 13})
REFERENCE = re.compile(rb"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|x0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]));")
LONGEST_REFERENCE = 24
CHUNK = 1024 * 1024
PARTS = {"item", "author", "category", "tag", "term"}
SINGLE = {"title", "description", "link", "base_site_url", "base_blog_url"}


class Clean(io.RawIOBase):
    """A file of XML without the control characters that no XML may hold, nor references to them."""

    def __init__(self, file: Any) -> None:
        self._file, self._held, self._ready = file, b"", b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self._ready:
            chunk = self._file.read(CHUNK)
            whole = REFERENCE.sub(b"", (self._held + chunk).translate(None, CONTROL))
            # A reference may be cut in two.
            keep = whole.rfind(b"&", -LONGEST_REFERENCE) if chunk else -1
            self._ready, self._held = (whole[:keep], whole[keep:]) if keep >= 0 else (whole, b"")
            if not self._ready and chunk:
                return self.read(size)
        size = len(self._ready) if size < 0 else size
        found, self._ready = self._ready[:size], self._ready[size:]
        return found


def is_wxr(entry: Entry) -> bool:
    with reading(entry) as file:
        head = file.read(4096)
    return b"<rss" in head and (b"wordpress.org/export" in head or b"wp:" in head)


def is_cut(entry: Entry) -> bool:
    """Whether the file ends before its end."""
    tail = b""
    with reading(entry) as file:
        if file.seekable() and entry.size > CHUNK:
            file.seek(-4096, io.SEEK_END)
        while chunk := file.read(CHUNK):
            tail = (tail + chunk)[-4096:]
    return b"</rss>" not in tail


def parts_of(entry: Entry) -> Iterator[tuple[str, Any]]:
    """Name and element. Each is gone as soon as the next one is asked for, so that memory stays flat."""
    with reading(entry) as file:
        tags = [f"{{*}}{name}" for name in PARTS | SINGLE]
        events = etree.iterparse(
            Clean(file),
            events=("end",),
            tag=tags,
            recover=True,
            huge_tree=True,
            resolve_entities=False,
            no_network=True,
        )
        try:
            for _event, element in events:
                parent = element.getparent()
                if parent is None or etree.QName(parent).localname != "channel":
                    continue
                name = _name(element)
                if (
                    name == "item"
                    or name.partition(":")[2] in PARTS
                    or name in {"title", "description", "link"}
                    or "site" in name
                ):
                    yield name, element
                element.clear()
                while element.getprevious() is not None:
                    del parent[0]
        except etree.XMLSyntaxError:
            return  # what stands behind a break that nothing mends; `is_cut` has told of it


def _name(element: Any) -> str:
    """``wp:post_id``, by the prefix: of the address of its namespace there are many versions."""
    if not isinstance(element.tag, str):
        return ""
    local = etree.QName(element).localname
    return f"{element.prefix}:{local}" if element.prefix else str(element.tag)


def said(element: Any) -> dict[str, str]:
    """Name of a child → its text, the first of each name."""
    found: dict[str, str] = {}
    for child in element:
        name = _name(child)
        if name and name not in found:
            found[name] = (child.text or "").strip() if name != "content:encoded" else (child.text or "")
    return found


def meta_of(element: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for child in element:
        if _name(child) == "wp:postmeta":
            pair = said(child)
            if key := pair.get("wp:meta_key"):
                found.setdefault(key, pair.get("wp:meta_value", ""))
    return found


def terms_of(element: Any) -> list[tuple[str, str, str]]:
    """Taxonomy, slug and name of each category, tag or author that an item names."""
    return [
        (child.get("domain") or "category", child.get("nicename") or "", (child.text or "").strip())
        for child in element
        if _name(child) == "category"
    ]


def comments_of(element: Any) -> int:
    return sum(1 for child in element if _name(child) == "wp:comment")
