"""The HTML of beehiiv’s letters, which are laid out in tables, as HTML of a page."""

import re
from collections.abc import Iterator
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.utils.translation import gettext as _
from lxml import etree, html

from broadsheet.importers.bodies.addresses import host_of, parts_of
from broadsheet.importers.bodies.pieces import Body
from broadsheet.importers.bodies.reading import body_of
from broadsheet.importers.bodies.sanitising import parsed

HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
FILLED_IN = re.compile(r"\{\{\s*\w+\s*\}\}")
DOTS = {"...", "…"}
ADDED = ("utm_", "last_resource_guid", "_bhlid", "_bhba")
"""What beehiiv adds to links to count who follows them."""
TO_LEAVE = ("unsubscribe", "update your email preferences", "read online")
CELLS = {"table", "thead", "tbody", "tfoot", "tr", "td", "th"}


def body_of_letter(markup: str, base: str, title: str, subtitle: str) -> Body:
    root = parsed(markup, styled=True)
    if root is None:
        return Body()
    letter = _Letter(root, base)
    letter.drop_functions()
    letter.drop_head(title, subtitle)
    letter.plain_links()
    letter.dividers()
    letter.players()
    letter.figures()
    letter.lay_flat()
    body = body_of(letter.markup(), base)
    body.left_out = list(dict.fromkeys(letter.left_out))
    return body


class _Letter:
    def __init__(self, root: Any, base: str) -> None:
        self.host = host_of(base)
        self.left_out: list[str] = []
        blocks = [part for part in root.xpath(".//*[@id='content-blocks']") if _words(part)]
        self.root: Any = blocks[0] if blocks else root

    def markup(self) -> str:
        parts = [escape(self.root.text or "", quote=False)]
        parts += (etree.tostring(child, encoding="unicode", method="html") for child in self.root)
        return "".join(parts)

    def _all(self, *tags: str) -> Iterator[Any]:
        """In their order, without those that went with what they stood in."""
        for element in list(self.root.iter(*tags)):
            if any(above is self.root for above in element.iterancestors()):
                yield element

    def drop_functions(self) -> None:
        """What a letter needs and a page does not: its marks, its foot, what is said to one reader alone."""
        for element in self._all("div", "span", "p", "td", "table", "img"):
            words = _words(element)
            if HIDDEN.search(element.get("style") or "") or element.get("data-open-tracking"):
                element.drop_tree()
            elif self._is_of_the_letter(element, words):
                self.left_out.append(_("links of the letter: to share it, to read it online, to leave"))
                element.drop_tree()
            elif "{{" in (element.get("src") or "") or (words and not FILLED_IN.sub("", words).strip()):
                element.drop_tree()
            elif element.tag == "p" and (found := FILLED_IN.search(words)):
                self.left_out.append(_("what stood for each reader in the place of %s") % found[0])

    def _is_of_the_letter(self, element: Any, words: str) -> bool:
        classes = set((element.get("class") or "").split())
        is_foot = element.tag == "td" and classes & {"b", "f"} and any(s in words.lower() for s in TO_LEAVE)
        return bool(is_foot) or "mob-block" in classes

    def drop_head(self, title: str, subtitle: str) -> None:
        """The headline and the line below it, with which a letter begins: the page has its own."""
        for said, tags in ((title, ("h1", "h2")), (subtitle, ("p", "h2", "h3"))):
            found = next((part for part in self._all(*tags) if said and _words(part) == said), None)
            if found is not None:
                found.drop_tree()

    def plain_links(self) -> None:
        for link in self._all("a"):
            address = link.get("href") or ""
            if "{{" in address:
                del link.attrib["href"]
                continue
            parts = parts_of(address)
            if parts.query and parts.hostname == self.host:
                kept = [
                    pair
                    for pair in parse_qsl(parts.query, keep_blank_values=True)
                    if not pair[0].startswith(ADDED)
                ]
                link.set("href", parts._replace(query=urlencode(kept)).geturl())

    def dividers(self) -> None:
        for paragraph in self._all("p"):
            if _words(paragraph) in DOTS:
                _replace(paragraph, etree.Element("hr"))

    def players(self) -> None:
        """A link with the still of a film becomes the film."""
        for link in self._all("a"):
            shown = link
            if len(link) == 0 and not (link.text or link.tail or "").strip():
                shown = link.getnext()  # the parser ends a link before the table in it
            if shown is None or not shown.xpath(".//img[contains(@src, 'i.ytimg.com/vi')]"):
                continue
            caption = " ".join(_words(part) for part in shown.iter("p")).strip()
            if _words(shown) == caption:
                _replace(shown, _figure(etree.Element("iframe", src=link.get("href") or ""), caption))

    def figures(self) -> None:
        """A table of a picture, and perhaps its caption below, becomes a figure."""
        for picture in self._all("img"):
            table = next(iter(picture.xpath("ancestor::table[1]")), None)
            if table is None or not any(above is self.root for above in table.iterancestors()):
                continue
            rows = table.xpath("./tr|./tbody/tr")
            is_first = bool(rows) and rows[0] in set(picture.iterancestors())
            if not is_first or len(rows) > 2 or _words(rows[0]) or len(table.xpath(".//img")) > 1:
                continue
            caption = _words(rows[1]) if len(rows) == 2 else ""
            if _words(table) != caption:
                continue
            figure = _figure(etree.Element("img", dict(picture.attrib)), caption)
            for part in rows[1].iter("p", "td") if caption else []:
                if _words(part) == caption and part.tag == "p":
                    figure[-1].text = None
                    figure[-1].append(part)
                    part.drop_tag()
                    break
            _replace(table, figure)

    def lay_flat(self) -> None:
        """Tables that lay the letter out are none; those of figures stay."""
        for table in self._all("table"):
            rows = [row.xpath("./td|./th") for row in table.xpath("./tr|./*/tr")]
            is_layout = len(rows) < 2 or max(map(len, rows), default=0) < 2
            if table.getparent() is not None and is_layout and not table.xpath("./tr/th|./*/tr/th"):
                for part in table.xpath("./*/tr/td|./tr/td"):
                    part.tag = "div"
                for part in table.xpath("./*/tr|./tr|./*"):
                    if part.tag in CELLS and part.getparent() is not None:
                        part.drop_tag()
                table.drop_tag()


def _figure(shown: Any, caption: str) -> Any:
    figure = html.Element("figure")
    figure.append(shown)
    if caption:
        words = etree.SubElement(figure, "figcaption")
        words.text = caption
    return figure


def _replace(element: Any, other: Any) -> None:
    other.tail = element.tail
    element.getparent().replace(element, other)


def _words(element: Any) -> str:
    return " ".join("".join(map(str, element.itertext())).split())
