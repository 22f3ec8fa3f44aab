"""HTML from elsewhere, reduced to what a body can be made of. Nothing else of the room reads it before."""

import re
from html import unescape
from typing import Any

import nh3
from django.utils.html import escape, strip_tags
from lxml import html as parser

from broadsheet.platform.characters import without_forbidden

INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "s", "samp",
     "small", "span", "strike", "strong", "sub", "sup", "time", "u", "var", "font", "tt", "label"}
)  # fmt: skip
FLOW = frozenset(
    {"p", "div", "section", "article", "main", "header", "footer", "aside", "nav", "center", "address",
     "figure", "figcaption", "picture", "fieldset", "hgroup", "form", "dl", "dt", "dd", "details", "summary"}
)  # fmt: skip
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
OTHERS = frozenset(
    {"br", "hr", "wbr", "ul", "ol", "li", "blockquote", "pre", "img", "iframe", "audio", "video", "source",
     "table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"}
)  # fmt: skip
ATTRIBUTES = {
    "*": {"class", "id"},
    "a": {"href", "title"},
    "img": {"src", "srcset", "alt", "title", "width", "height"},
    "iframe": {"src", "title"},
    "audio": {"src", "title"},
    "video": {"src", "title", "poster"},
    "source": {"src", "srcset", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
}
DROPPED = {"script", "style", "noscript", "template", "svg", "math", "head", "object", "applet"}
"""With all that stands in them."""


DEEPEST = 200
"""Elements in one another, beyond which libxml2 loses what they hold. No text is written so."""
TAG = re.compile(r"<(/?)(\w+)")
ALONE = frozenset({"br", "hr", "img", "source", "col", "wbr"})


def parsed(html: str, *, styled: bool = False) -> Any:
    """The elements of `html`, sanitised, below one that is ours; None where nothing is left.

    `styled`: with their style attributes, which tell what is hidden in a letter. No body may keep them.
    """
    clean = sanitised(html, ATTRIBUTES | {"*": ATTRIBUTES["*"] | {"style"}} if styled else ATTRIBUTES)
    if not clean.strip():
        return None
    if _depth(clean) > DEEPEST:
        clean = f"<p>{escape(unescape(strip_tags(clean)))}</p>"
    return parser.fragment_fromstring(clean, create_parent="div")


def _depth(clean: str) -> int:
    deepest = depth = 0
    for closes, tag in TAG.findall(clean):
        if tag not in ALONE:
            depth += -1 if closes else 1
            deepest = max(deepest, depth)
    return deepest


def sanitised(html: str, attributes: dict[str, set[str]] = ATTRIBUTES) -> str:
    """Safe and well-formed. Attributes that begin with ``data-`` stay: they say what cards are."""
    return nh3.clean(
        without_forbidden(html.replace("\x00", "")),
        tags=set(INLINE | FLOW | HEADINGS | OTHERS),
        clean_content_tags=DROPPED,
        attributes=attributes,
        generic_attribute_prefixes={"data-"},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
        strip_comments=True,
    )
