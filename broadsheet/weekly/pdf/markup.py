"""A body's XHTML as plain nodes. Text stays text: nothing in it is a command of Typst's."""

import re
from collections.abc import Callable, Iterator

from lxml import etree

from broadsheet.weekly.pdf.figures import figure
from broadsheet.weekly.pdf.nodes import Inline, Node, inner_blocks, tag_of, trimmed
from broadsheet.weekly.pdf.tables import table_of

NAMES = {
    "em": "em",
    "i": "em",
    "cite": "em",
    "strong": "strong",
    "b": "strong",
    "sub": "sub",
    "sup": "sup",
    "q": "q",
}
BLOCKS = frozenset(
    {"p", "h2", "h3", "h4", "ul", "ol", "dl", "hr", "table", "figure", "svg", "blockquote"}
    | {"section", "aside", "div", "details", "article", "header", "footer"}
)
BOXES = frozenset({"facts", "timeline", "positions", "term", "question", "small", "audio"})
LANGUAGE, REGION = re.compile("[a-z]{2,3}"), re.compile("[a-z]{2}")
DIGITS = re.compile("[0-9]{1,9}")
HEADINGS = {"h2": 1, "h3": 2, "h4": 3}


class Markup:
    """Reads bodies of one issue. `draw` keeps an SVG and says what it is called in the templates' folder."""

    def __init__(self, addresses: dict[str, str], draw: Callable[[etree._Element, str], Node]) -> None:
        self.addresses = addresses
        """Of the issue's articles, and their anchors."""
        self.anchors = frozenset(addresses.values())
        self.draw = draw

    def read(self, body: str, lowest: int = 0) -> list[Node]:
        """Headings begin one below `lowest`, and no step down is left out. Raises etree.XMLSyntaxError."""
        if not body.strip():
            return []
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        root = etree.fromstring(f"<div>{body}</div>".encode(), parser)
        nodes = list(self.blocks(root))
        _level(nodes, lowest)
        return nodes

    def blocks(self, parent: etree._Element) -> Iterator[Node]:
        """What stands in `parent`; words of its own between blocks become paragraphs."""
        loose: list[Inline] = [parent.text or ""]
        for child in parent:
            if not isinstance(child.tag, str):
                loose.append(child.tail or "")
            elif tag_of(child) in BLOCKS:
                yield from _paragraph(loose)
                for node in self.block(child):
                    yield _spoken(node, child)
                loose = [child.tail or ""]
            else:
                loose += [*self.inline(child), child.tail or ""]
        yield from _paragraph(loose)

    def block(self, element: etree._Element) -> Iterator[Node]:
        tag, classes = tag_of(element), set((element.get("class") or "").split())
        if tag == "p":
            kind = "note" if classes & {"small", "note"} else "p"
            if any(tag_of(found) == "img" for found in element.iter()):
                yield from figure(element, self)
            else:
                yield from ({**node, "kind": kind} for node in _paragraph(self.inlines(element)))
        elif tag in HEADINGS:
            if words := trimmed(self.inlines(element)):
                yield {"kind": "heading", "level": HEADINGS[tag], "words": words}
        elif tag in {"ul", "ol"}:
            items = [list(self.blocks(item)) for item in element if tag_of(item) == "li"]
            first = element.get("start") or "1"
            kind = "timeline" if "timeline" in classes else tag
            yield {"kind": kind, "items": items, "start": int(first) if DIGITS.fullmatch(first) else 1}
        elif "pull-quote" in classes:
            yield {"kind": "pull", **self._quoted(element)}
        elif tag == "blockquote" or (tag == "figure" and "quotation" in classes):
            yield {"kind": "quote", **self._quoted(element)}
        elif tag == "figure" or "chart" in classes:
            yield from figure(element, self)
        elif tag == "svg":
            yield {"kind": "chart", "drawings": [self.draw(element, "")]}
        elif tag == "table":
            yield table_of(element, self.inlines)
        elif tag == "dl":
            yield {"kind": "dl", "items": list(self._terms(element))}
        elif tag == "hr":
            yield {"kind": "hr"}
        elif classes & BOXES:
            yield {"kind": "box", "look": sorted(classes & BOXES)[0], "blocks": list(self.blocks(element))}
        else:
            yield from self.blocks(element)

    def inlines(self, element: etree._Element) -> list[Inline]:
        found: list[Inline] = [element.text or ""]
        for child in element:
            found += (
                [*self.inline(child), child.tail or ""] if isinstance(child.tag, str) else [child.tail or ""]
            )
        return found

    def inline(self, element: etree._Element) -> Iterator[Inline]:
        tag = tag_of(element)
        if tag == "br":
            yield {"kind": "br"}
        elif tag == "a":
            yield from self._link(element)
        elif tag == "sup" and (mark := next(iter(element), None)) is not None and _reference(mark):
            yield {"kind": "ref", "number": _reference(mark)}
        elif tag in {"svg", "img"}:
            return
        elif tag in NAMES:
            yield _spoken({"kind": NAMES[tag], "words": self.inlines(element)}, element)
        elif "small" in (element.get("class") or "").split():
            yield from (" ", {"kind": "small", "words": self.inlines(element)})
        elif element.get("lang") or element.get("dir"):
            yield _spoken({"kind": "span", "words": self.inlines(element)}, element)
        else:
            yield from self.inlines(element)
            if tag in BLOCKS | {"li", "dt", "dd", "figcaption", "caption"}:
                yield " "

    def _link(self, element: etree._Element) -> Iterator[Inline]:
        href = element.get("href") or ""
        words = self.inlines(element)
        if number := _reference(element):
            yield {"kind": "ref", "number": number}
        elif href.startswith("#") and href[1:] in self.anchors:
            yield {"kind": "jump", "words": words, "anchor": href[1:]}
        elif element.get("rel") == "external":
            # To what only the website has, such as a sound: paper needs its address in words.
            yield {"kind": "link", "words": [*words, ": ", on_paper(href)], "href": href}
        elif (address := href.partition("#")[0]) in self.addresses:
            yield {"kind": "jump", "words": words, "anchor": self.addresses[address]}
        elif href.startswith(("https://", "http://", "mailto:")):
            yield {"kind": "link", "words": words, "href": href}
        else:
            yield from words

    def _quoted(self, element: etree._Element) -> Node:
        """Its blocks, and by whom: a footer, a figcaption, or a `cite` that ends it."""
        by: list[Inline] = []
        for child in list(element):
            is_small = {"credit", "small"} & set((child.get("class") or "").split())
            if tag_of(child) in {"footer", "figcaption", "cite"} or is_small:
                by = trimmed(self.inlines(child))
                element.remove(child)
        inner = [child for child in element if tag_of(child) == "blockquote"]
        if len(inner) == 1:
            return {"by": by} | {key: value for key, value in self._quoted(inner[0]).items() if value}
        return {"blocks": list(self.blocks(element)), "by": by}

    def _terms(self, element: etree._Element) -> Iterator[Node]:
        terms: list[Inline] = []
        for part in element.iter("{*}dt", "{*}dd"):
            if tag_of(part) == "dt":
                terms = [*terms, ", ", *self.inlines(part)] if terms else self.inlines(part)
            else:
                yield {"term": trimmed(terms), "blocks": list(self.blocks(part))}
                terms = []


def on_paper(address: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", address)


def _paragraph(words: list[Inline]) -> Iterator[Node]:
    if words := trimmed(words):
        yield {"kind": "p", "words": words}


def _spoken(node: Node, element: etree._Element) -> Node:
    """With the language and the direction that it has of its own."""
    written = element.get("lang") or element.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    language, _hyphen, region = written.lower().partition("-")
    if LANGUAGE.fullmatch(language):
        node["lang"] = language
        node["region"] = region.upper() if REGION.fullmatch(region) else None
    if element.get("dir") in {"ltr", "rtl"}:
        node["dir"] = element.get("dir")
    return node


def _reference(element: etree._Element) -> int:
    href = element.get("href") or ""
    number = href.removeprefix("#ref-")
    return int(number) if href.startswith("#ref-") and DIGITS.fullmatch(number) else 0


def _level(nodes: list[Node], lowest: int) -> None:
    level = lowest
    for node in _headings(nodes):
        level = min(node["level"] + lowest, level + 1)
        node["level"] = level


def _headings(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        if node["kind"] == "heading":
            yield node
        else:
            for inner in inner_blocks(node):
                yield from _headings(inner)
