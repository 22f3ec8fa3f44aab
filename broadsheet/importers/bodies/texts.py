"""What an element of HTML says, and what stands around it."""

from collections.abc import Iterator
from html import escape

from lxml import etree

from broadsheet.importers.bodies.sanitising import INLINE


def classes_of(element: etree._Element) -> str:
    return element.get("class", "") or ""


def text_of(element: etree._Element) -> str:
    return " ".join(" ".join(str(words) for words in _texts(element)).split())


def _texts(element: etree._Element) -> Iterator[str]:
    """Text of inline elements holds together, that of blocks stands apart."""
    run: list[str] = []
    for event, part in etree.iterwalk(element, events=("start", "end")):
        if part.tag not in INLINE:
            yield "".join(run)
            run = []
        if event == "start":
            run.append(part.text or "")
        elif part is not element:
            run.append(part.tail or "")
    yield "".join(run)


def inner(element: etree._Element) -> str:
    parts = [escape(element.text or "", quote=False)]
    parts += (etree.tostring(child, encoding="unicode", method="html") for child in element)
    return "".join(parts)


def single_spaced(words: str) -> str:
    """`words`, which aren't empty, with one space wherever there was any; also at either end."""
    if words.isspace():
        return " "
    first, last = " " * words[0].isspace(), " " * words[-1].isspace()
    return f"{first}{' '.join(words.split())}{last}"


def has_text_after(element: etree._Element) -> bool:
    """Whether words follow it in its item: then the list can't come last there."""
    if (element.tail or "").strip():
        return True
    return any(
        text_of(part) or (part.tail or "").strip()
        for part in element.itersiblings()
        if part.tag not in {"ul", "ol"}
    )


def has_text_outside(element: etree._Element, tag: str) -> bool:
    found = element.xpath(f".//text()[not(ancestor::{tag})]")
    return any(str(words).strip() for words in found)


def has_text_outside_cells(element: etree._Element) -> bool:
    found = element.xpath(".//text()[not(ancestor::td) and not(ancestor::th) and not(ancestor::caption)]")
    return any(str(words).strip() for words in found)
