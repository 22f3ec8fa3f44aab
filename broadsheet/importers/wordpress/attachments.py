"""The media that an export lists, and what it says of them. It holds none of them."""

from dataclasses import dataclass
from html import escape
from typing import Any

import phpserialize

from broadsheet.importers.bodies.addresses import original_of
from broadsheet.importers.bodies.credits import plain, with_credit

CREDITS = ("_media_credit", "media_credit", "_wp_attachment_credit", "photo_credit", "credit", "photographer")


@dataclass(frozen=True, slots=True)
class Attachment:
    address: str
    alt: str = ""
    caption: str = ""
    credit: str = ""

    @property
    def figure(self) -> str:
        caption = f"<figcaption>{escape(self.caption, quote=False)}</figcaption>" if self.caption else ""
        return f'<figure><img src="{escape(self.address)}" alt="{escape(self.alt)}">{caption}</figure>'


def attachment_of(said: dict[str, str], meta: dict[str, str]) -> Attachment | None:
    address = said.get("wp:attachment_url") or said.get("guid") or said.get("link") or ""
    if not address:
        return None
    words = plain(said.get("excerpt:encoded", "")) or plain(said.get("content:encoded", ""))
    caption, credit = with_credit(words[:400])
    own = next((meta[name] for name in CREDITS if meta.get(name)), "")
    alt = meta.get("_wp_attachment_image_alt", "")
    return Attachment(
        address, alt, caption, plain(own) or credit or credit_in(meta.get("_wp_attachment_metadata", ""))
    )


def credit_in(serialized: str) -> str:
    """The credit that a camera or an agency wrote into a picture, in what PHP serialized of it."""
    about = unserialized(serialized)
    image = about.get("image_meta") if isinstance(about, dict) else None
    found = image if isinstance(image, dict) else {}
    return str(found.get("credit") or found.get("copyright") or "").strip()[:200]


def unserialized(serialized: str) -> Any:
    """What PHP serialized; None where that is damaged, as a search and replace in a database leaves it."""
    if not serialized.startswith(("a:", "s:", "i:", "O:")):
        return None
    try:
        return phpserialize.loads(
            serialized.encode(), decode_strings=True, object_hook=lambda _name, values: dict(values)
        )
    except (ValueError, EOFError, RecursionError, UnicodeDecodeError, TypeError, OverflowError, MemoryError):
        return None


class Library:
    def __init__(self) -> None:
        self._by_number: dict[str, Attachment] = {}
        self._number_at: dict[str, str] = {}

    def add(self, number: str, attachment: Attachment) -> None:
        self._by_number[number] = attachment
        if attachment.alt or attachment.caption or attachment.credit:
            self._number_at[original_of(attachment.address)] = number

    def numbered(self, number: str) -> Attachment | None:
        return self._by_number.get(number)

    def at(self, address: str) -> Attachment | None:
        return self._by_number.get(self._number_at.get(original_of(address), ""))
