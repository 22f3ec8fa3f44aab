"""Pictures and charts, with what stands below them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lxml import etree

from broadsheet.weekly.pdf.nodes import Inline, Node, tag_of, trimmed

if TYPE_CHECKING:
    from broadsheet.weekly.pdf.markup import Markup


def figure(element: etree._Element, markup: "Markup") -> Iterator[Node]:
    caption, credit = _caption(element, markup)
    if (picture := element.find(".//{*}img")) is not None:
        yield {
            "kind": "picture",
            "name": picture.get("src") or "",
            "alt": picture.get("alt") or "",
            "caption": caption,
            "credit": credit,
        }
    elif drawings := [svg for svg in element.iter("{*}svg") if _is_drawing(svg)]:
        # Its unit stands below the title, the name of each drawing over it, where there are several.
        small = [_said(found) for found in element.iter("{*}p") if found.get("class") == "small"]
        names = small[-len(drawings) :] if len(drawings) > 1 and len(small) >= len(drawings) else []
        yield {
            "kind": "chart",
            "title": _words_of(element, "chart-title"),
            "unit": " ".join(small[: len(small) - len(names)]),
            "drawings": [markup.draw(svg, _figures(element)) for svg in drawings],
            "names": names,
            "key": [
                [_swatch(item), _said(item)]
                for item in (element.iter("{*}li"))
                if item.getparent().get("class") == "plot-key"
            ],
            "caption": caption,
            "credit": credit,
        }
    else:
        for child in list(element):
            if tag_of(child) == "figcaption":
                element.remove(child)
        yield from markup.blocks(element)
        if caption or credit:
            yield {"kind": "note", "words": [*caption, " ", *credit]}


def _caption(figure: etree._Element, markup: "Markup") -> tuple[list[Inline], list[Inline]]:
    caption = figure.find(".//{*}figcaption")
    if caption is None:
        return [], []
    credit: list[Inline] = []
    for part in list(caption.iter()):
        if "credit" in (part.get("class") or "").split() and (parent := part.getparent()) is not None:
            credit += markup.inlines(part)
            _lift(parent, part)
    return trimmed(markup.inlines(caption)), trimmed(credit)


def _lift(parent: etree._Element, part: etree._Element) -> None:
    """Takes it out and leaves what follows it."""
    before = part.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + (part.tail or "")
    else:
        parent.text = (parent.text or "") + (part.tail or "")
    parent.remove(part)


def _is_drawing(svg: etree._Element) -> bool:
    """Not a swatch of a key, nor a part of another drawing."""
    return svg.get("aria-hidden") != "true" and next(svg.iterancestors("{*}svg"), None) is None


def _said(element: etree._Element) -> str:
    return " ".join("".join(map(str, element.itertext())).split())


def _words_of(element: etree._Element, name: str) -> str:
    return next((_said(found) for found in element.iter() if name in (found.get("class") or "").split()), "")


def _swatch(item: etree._Element) -> str:
    return next((str(found.get("class")) for found in item.iter("{*}rect")), "")


def _figures(element: etree._Element) -> str:
    """The table behind a chart in words, for those who can't see the chart."""
    rows = [[_said(cell) for cell in row if tag_of(cell) in {"th", "td"}] for row in element.iter("{*}tr")]
    return "; ".join(": ".join((row[0], ", ".join(row[1:]))) for row in rows if row)
