"""A body's blocks as XHTML for files: well-formed, of few elements, without anything that loads or runs.

It stands as well in a page of HTML: nothing but void elements is written as ``<br/>``.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urljoin

import nh3
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from lxml import etree, html

from broadsheet.editorial.models import Picture
from broadsheet.editorial.opening import Bound, plain_text
from broadsheet.weekly.content import Direction, Image

ALLOWED = frozenset(
    {
        "p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "cite", "figure", "figcaption", "img", "table",
        "caption", "thead", "tbody", "tr", "th", "td", "dl", "dt", "dd", "strong", "em", "b", "i", "a", "br",
        "hr", "sub", "sup", "q", "section", "aside", "div", "span",
    }
)  # fmt: skip
"""Besides what stands in an ``svg``."""
ATTRIBUTES = frozenset(
    {"href", "src", "alt", "class", "id", "lang", "dir", "scope", "colspan", "rowspan", "rel"}
)
VOID = frozenset({"br", "hr", "img"})

BLOCKS = frozenset(
    {
        "text", "heading", "picture", "pull_quote", "list", "table", "chart", "gallery", "audio", "embed",
        "quotation", "facts", "timeline", "perspectives", "contested_term", "from_before",
    }
)  # fmt: skip
DIVIDER = "divider"
LEFT_OUT = frozenset({"wall", "sponsor", "related", "further_sources"})
"""Of no use in a file. Further sources stand in the list of them."""

OF_RICH_TEXT = ALLOWED - {"img", "figure", "section", "aside", "div", "span", "cite", "q"}
OLDER = {"h5": "h4", "h6": "h4", "pre": "p", "tfoot": "tbody", "summary": "p", "details": "section"}
"""What imported text may have besides, and what it becomes."""
FROM_BEFORE = ALLOWED - {"img", "span"} | set(OLDER)
OF_WORDS = frozenset(
    {"p", "li", "blockquote", "td", "th", "dd", "dt", "h2", "h3", "h4", "figcaption", "caption", "q"}
)
"""What has a direction of its own."""

SPACES = " \t\r\n"
SVG = "http://www.w3.org/2000/svg"
INKS = {
    "plot-1": "#2f6fb0", "plot-2": "#c8642a", "plot-3": "#2d8670", "plot-4": "#8a4aa8", "plot-5": "#a38a1f",
    "plot-6": "#6f7885",
}  # fmt: skip
"""Of a chart's series, where no style sheet says another: they are told apart on white and on black."""


@dataclass(slots=True)
class Setting:
    """What markup is made with: of one article, or of what an issue says itself."""

    images: "Images"
    pages: Mapping[int, str] = field(default_factory=dict)
    """Id of a page that is in print → its absolute address."""
    numbers: Mapping[int, int] = field(default_factory=dict)
    """Id of a source → its number."""
    direction: Direction = "ltr"
    address: str = ""
    """Of the article, absolute."""


class Images:
    """The pictures of an issue, each once."""

    def __init__(self) -> None:
        self._found: dict[int, Image] = {}

    def add(self, picture: Picture) -> Image:
        if picture.pk not in self._found:
            path = PurePosixPath(picture.file.name)
            ending = "png" if path.suffix.lower() in {".png", ".gif"} else "jpeg"
            self._found[picture.pk] = Image(
                name=f"picture-{picture.pk}.{ending}",
                path=path,
                width=picture.width,
                height=picture.height,
                alt=picture.default_alt_text,
                caption=picture.caption,
                credit=picture.credit_line,
                focus=_focus(picture),
            )
        return self._found[picture.pk]

    def all(self) -> tuple[Image, ...]:
        return tuple(self._found.values())


def _focus(picture: Picture) -> tuple[float, float, float, float]:
    """Its focal point at the desk; the middle, where none is set."""
    box = picture.get_focal_point()
    if box is None:
        return (0.5, 0.5, 0.5, 0.5)
    left, right = (min(max(edge / picture.width, 0.0), 1.0) for edge in (box.left, box.right))
    top, bottom = (min(max(edge / picture.height, 0.0), 1.0) for edge in (box.top, box.bottom))
    return (left, top, right, bottom)


def body(blocks: Iterable[Bound], setting: Setting) -> str:
    return settled("\n".join(_block(block, setting) for block in blocks), setting)


def paragraphs(text: str) -> str:
    """Plain text, whose paragraphs are divided by empty lines."""
    return "".join(
        format_html("<p>{}</p>", " ".join(part.split())) for part in text.split("\n\n") if part.strip()
    )


def rich(source: Any, setting: Setting, allowed: frozenset[str] = OF_RICH_TEXT) -> SafeString:
    """An editor's rich text. Links to pages that are not in print lead nowhere, their words stay."""
    # Where paragraphs may not stand, their words are still divided.
    raw = str(getattr(source, "source", source) or "").replace("</p>", "</p> ")
    cleaned = nh3.clean(
        raw,
        tags=set(allowed),
        attributes={
            "a": {"href", "linktype", "id"},
            "td": {"colspan", "rowspan"},
            "th": {"colspan", "rowspan"},
        },
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    whole = html.fragment_fromstring(cleaned, create_parent="div")
    for link in list(whole.iter("a")):
        address = _address(dict(link.attrib), setting)
        for name in list(link.attrib):
            del link.attrib[name]
        if address:
            link.set("href", address)
        else:
            link.drop_tag()
    for element in whole.iter(*OLDER):
        element.tag = OLDER[element.tag]
    return mark_safe(_inner(whole))  # noqa: S308 (cleaned by nh3, and written anew as XML)


def _address(attributes: dict[str, str], setting: Setting) -> str:
    if attributes.get("linktype") == "page":
        number = attributes.get("id", "")
        return setting.pages.get(int(number), "") if number.isdecimal() else ""
    found = attributes.get("href", "").strip()
    if not found or found.startswith("#") or "linktype" in attributes:
        return ""
    return urljoin(f"{settings.PUBLIC_URL}/", found)


def _block(block: Bound, setting: Setting) -> str:
    kind = block.block_type
    if kind in LEFT_OUT:
        return ""
    if kind == DIVIDER:
        return "<hr/>"
    if kind not in BLOCKS:
        return format_html("<p>{}</p>", plain_text(block.value))
    return render_to_string(f"weekly/blocks/{kind}.html", {"value": block.value, "setting": setting})


def settled(markup: str, setting: Setting) -> str:
    """`markup` of our templates: no empty paragraph, no level of heading skipped. Raises ValueError."""
    drawn = re.sub(r"<svg (?!xmlns)", f'<svg xmlns="{SVG}" ', markup)
    whole = etree.fromstring(f"<div>{drawn}</div>")
    level = 1
    for element in list(whole.iter(etree.Element)):
        tag = element.tag
        if tag.startswith(f"{{{SVG}}}"):
            _ink(element)
        if tag.startswith("{") or element is whole:
            continue
        if tag not in ALLOWED:
            raise ValueError(f"{tag} does not belong into an issue")
        for name in set(element.attrib) - ATTRIBUTES:
            del element.attrib[name]
        if tag in {"h2", "h3", "h4"}:
            level = min(int(tag[1]), level + 1)
            element.tag = f"h{level}"
        if tag in OF_WORDS:
            direction = _direction("".join(element.itertext()))
            if direction and direction != setting.direction:
                element.set("dir", direction)
        if tag in {"p", "figcaption", "ul", "ol"} and not len(element) and not (element.text or "").strip():
            _remove(element)
    _close_up(whole)
    return _inner(whole).strip()


def _close_up(whole: Any) -> None:
    """Takes out white space that templates leave: in runs, at the edges of words, before marks and commas."""
    for element in whole.iter(etree.Element):
        if element.tag.startswith("{"):
            continue
        element.text = _run(element.text)
        for child in element:
            child.tail = _run(child.tail)
        if element.tag in OF_WORDS:
            element.text = element.text.lstrip(SPACES)
            if len(element):
                element[-1].tail = element[-1].tail.rstrip(SPACES)
            else:
                element.text = element.text.rstrip(SPACES)
    for link in whole.iter("a"):
        mark = link.getparent()
        if mark.tag != "sup" or not link.get("href", "").startswith("#ref-"):
            continue
        before = mark.getprevious()
        if before is None:
            mark.getparent().text = (mark.getparent().text or "").rstrip(SPACES)
        else:
            before.tail = (before.tail or "").rstrip(SPACES)


def _run(text: str | None) -> str:
    # Not of spaces that do not break, which languages set before some of their signs.
    return re.sub(r"[ \t\r\n]+(,?)", lambda found: found[1] or " ", text or "")


def _ink(element: Any) -> None:
    """Colours of the drawing in its own attributes, which any style sheet overrules."""
    classes = set(element.get("class", "").split())
    if element.tag == f"{{{SVG}}}svg" and "plot" in classes:
        element.attrib.update({"fill": "currentColor", "overflow": "visible"})
    ink = next((INKS[name] for name in classes & INKS.keys()), "")
    if "plot-line" in classes:
        element.attrib.update({"fill": "none", "stroke": ink, "stroke-width": "2"})
    elif ink:
        element.set("fill", ink)
    elif "plot-rule" in classes:
        element.set("stroke", "#999999")


def _direction(text: str) -> Direction | None:
    """By the first letter that has one."""
    for letter in text:
        match unicodedata.bidirectional(letter):
            case "L":
                return "ltr"
            case "R" | "AL":
                return "rtl"
    return None


def _remove(element: Any) -> None:
    parent = element.getparent()
    if element.tail:
        previous = element.getprevious()
        if previous is not None:
            previous.tail = (previous.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _inner(whole: Any) -> str:
    for element in whole.iter(etree.Element):
        if element.tag in VOID:
            element.text = None
        elif not len(element) and element.text is None:
            element.text = ""
    begins = format_html("{}", whole.text or "")
    return begins + "".join(etree.tostring(child, encoding="unicode") for child in whole)
