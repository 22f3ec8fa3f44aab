"""What word processors and web pages leave in pasted text, taken out before it is stored.

`desk/paste.js` does the same while pasting, and makes blocks of tables there. What gets past it, by a drop or
another program, is cleaned here: the desk stores text in no other way.
"""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.forms import Media
from django.utils.functional import cached_property
from wagtail.admin.rich_text import DraftailRichTextArea
from wagtail.admin.staticfiles import versioned_static

DESK = "/desk/"
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
WRAPPERS = {
    ("www.google.com", "/url"): "q",
    ("safelinks.protection.outlook.com", "/"): "url",
}
"""Host (or what it ends with) and path → the parameter that holds the address somebody linked to."""
HEADINGS = frozenset(f"header-{size}" for size in ("one", "two", "three", "four", "five", "six"))
CROSSHEAD = "header-three"

type ContentState = dict[str, Any]


class PastedTextArea(DraftailRichTextArea):
    @cached_property
    def media(self) -> Media:
        return super().media + Media(js=[versioned_static("desk/paste.js")])

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        # Wagtail's own reads the field from the data, so it is given cleaned data.
        raw = data.get(name)
        if raw:
            data = {name: json.dumps(cleaned(json.loads(raw)))}
        return super().value_from_datadict(data, files, name)


def cleaned(text: ContentState | None) -> ContentState | None:
    """Draft.js content without links that lead nowhere, without empty paragraphs, its headings as ours."""
    if not text or not text.get("blocks"):
        return text
    kept = {}
    for key, entity in text.get("entityMap", {}).items():
        data = entity.get("data", {})
        if entity.get("type") == "LINK" and data.get("id") is None:
            url = leads_to(data.get("url") or "")
            if not url:
                continue
            entity = entity | {"data": data | {"url": url}}
        kept[str(key)] = entity
    blocks = []
    for block in text["blocks"]:
        ranges = [found for found in block.get("entityRanges", []) if str(found["key"]) in kept]
        kind = CROSSHEAD if block["type"] in HEADINGS else block["type"]
        blocks.append(block | {"type": kind, "entityRanges": ranges})
    filled = [block for block in blocks if block["type"] == "atomic" or block.get("text", "").strip()]
    return text | {"blocks": filled or blocks[:1], "entityMap": kept}


def leads_to(url: str) -> str:
    """The address that a link is for, out of what wraps it; empty if it leads readers nowhere."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower()
    except ValueError:
        return ""
    for (wrapper, path), parameter in WRAPPERS.items():
        if (host == wrapper or host.endswith(f".{wrapper}")) and parts.path == path:
            return leads_to(parse_qs(parts.query).get(parameter, [""])[0])
    if not parts.scheme and not host:
        is_page = parts.path.startswith("/") and not parts.path.startswith(DESK)
        return url.strip() if is_page else ""
    if parts.scheme and parts.scheme.lower() not in SCHEMES:
        return ""
    if host in settings.ALLOWED_HOSTS and parts.path.startswith(DESK):
        return ""
    return url.strip()
