"""A body's blocks, as a letter shows them: in the letter's own components, with absolute addresses."""

from collections.abc import Callable, Iterable
from urllib.parse import urljoin

from bs4 import BeautifulSoup
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import format_html

from broadsheet.editorial.opening import Bound, plain_text

COMPONENTS = frozenset(
    {
        "text", "heading", "picture", "pull_quote", "list", "table", "chart", "gallery", "audio", "embed",
        "related", "sponsor", "quotation", "facts", "timeline", "perspectives", "contested_term",
        "further_sources", "divider", "from_before",
    }
)  # fmt: skip

type Through = Callable[[str, str], str]
"""An absolute address and the words that lead there → the address that the letter has instead."""


def body_of(blocks: Iterable[Bound], through: Through) -> str:
    html = "\n".join(_block(block) for block in blocks if block.block_type != "wall")
    return with_links(html, through)


def _block(block: Bound) -> str:
    if block.block_type not in COMPONENTS:
        return format_html("<p>{}</p>", plain_text(block.value))
    return render_to_string(f"newsletters/letter/blocks/{block.block_type}.html", {"value": block.value})


def with_links(html: str, through: Through) -> str:
    """`html`, in which each link to a page leads where `through` says."""
    soup = BeautifulSoup(html, "html.parser")
    for link in soup.find_all("a", href=True):
        address = urljoin(f"{settings.PUBLIC_URL}/", str(link["href"]).strip())
        if address.startswith(("http://", "https://")):
            address = through(address, link.get_text(" ", strip=True))
        link["href"] = address
        del link["rel"]
    for photo in soup.find_all("img", src=True):
        photo["src"] = urljoin(f"{settings.PUBLIC_URL}/", str(photo["src"]))
    return str(soup)
