"""Charts as files that Typst can draw: their colours, which a page's style sheet gives them, written in.

Colours are those of plot.css by day, as sRGB.
"""

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

from lxml import etree

WORDS = "#4a4541"
LINES = "#d9d6d2"
INK = "#1f1915"
COLOURS = {
    "plot-1": "#1b6ca8",
    "plot-2": "#c0541a",
    "plot-3": "#1d7a5a",
    "plot-4": "#7c3f96",
    "plot-5": "#927a12",
    "plot-6": "#6b737b",
}
WIDTHS = {"column": 330, "span": 640}
"""Of the paper that a chart is drawn on; its letters are 12 high."""
AXIS = 52
"""Before the drawing, where the numbers of its axis stand; see `.plot` in plot.css."""
STRETCHED = 1000
"""Width of the box in which lines are drawn; see `over_time.py`."""
POINT = re.compile(r"([ML])(-?[\d.]+)")
SVG = "http://www.w3.org/2000/svg"


def draw(svg: etree._Element, figures: str, to: Path, *, wide: bool) -> dict[str, Any]:
    """Writes the drawing to `to`; its size and what it says to those who can't see it."""
    drawing = deepcopy(svg)
    drawing.tail = None
    title, description = (_said(drawing, name) for name in ("title", "desc"))
    ranked = "plot-ranked" in (drawing.get("class") or "")
    height = _pixels(drawing.get("height"), 200)
    width = WIDTHS["span" if wide else "column"]
    before = 0 if ranked or "plot" not in (drawing.get("class") or "").split() else AXIS
    for element in drawing.iter():
        if isinstance(element.tag, str):
            element.tag = f"{{{SVG}}}{etree.QName(element).localname}"
            _paint(element)
    root = etree.Element(
        f"{{{SVG}}}svg",
        nsmap={None: SVG},
        width=str(width),
        height=str(height + 8),
        viewBox=f"0 -4 {width} {height + 8}",
    )
    # Percentages in it are of this inner paper, as they are of the SVG's content box on the page.
    inner = etree.SubElement(
        root,
        f"{{{SVG}}}svg",
        x=str(before),
        y="0",
        width=str(width - before),
        height=str(height),
        overflow="visible",
    )
    for child in drawing:
        if isinstance(child.tag, str) and etree.QName(child).localname not in {"title", "desc"}:
            inner.append(child)
    for hidden in list(root.iter(f"{{{SVG}}}title")):
        hidden.getparent().remove(hidden)
    for stretched in list(inner.iter(f"{{{SVG}}}svg")):
        if stretched is not inner:
            _stretch(stretched, (width - before) / STRETCHED)
    to.write_bytes(etree.tostring(root))
    alt = ". ".join(part.rstrip(".") for part in (title, description, figures) if part)
    return {"file": to.name, "alt": alt}


def _stretch(part: etree._Element, by: float) -> None:
    """Makes lines as wide as the drawing. A browser stretches their box, and leaves their strokes."""
    part.tag = f"{{{SVG}}}g"
    part.attrib.clear()
    for path in part.iter(f"{{{SVG}}}path"):
        path.set("d", POINT.sub(lambda at: f"{at[1]}{float(at[2]) * by:.2f}", path.get("d", "")))
        path.attrib.pop("vector-effect", None)


def _paint(element: etree._Element) -> None:
    classes = (element.get("class") or "").split()
    name = etree.QName(element).localname
    colour = next((COLOURS[found] for found in classes if found in COLOURS), None)
    if name == "text":
        strong = {"plot-name", "plot-value"} & set(classes)
        element.set("fill", colour or (INK if strong else WORDS))
        element.set("font-family", "Public Sans")
        element.set("font-size", "14" if strong else "12")
        if "plot-value" in classes:
            element.set("font-weight", "600")
    elif "plot-rule" in classes:
        element.set("stroke", WORDS if "plot-zero" in classes else LINES)
    elif "plot-line" in classes:
        element.set("fill", "none")
        element.set("stroke", colour or INK)
        element.set("stroke-width", "2")
        element.set("stroke-linejoin", "round")
    elif "plot-place" in classes:
        element.set("fill", "none")
    elif colour:
        element.set("fill", colour)
    for foreign in ("style", "class", "role"):
        element.attrib.pop(foreign, None)


def _said(drawing: etree._Element, name: str) -> str:
    return next(
        (
            " ".join("".join(map(str, child.itertext())).split())
            for child in drawing
            if isinstance(child.tag, str) and etree.QName(child).localname == name
        ),
        "",
    )


def _pixels(written: str | None, otherwise: int) -> int:
    number = (written or "").removesuffix("px")
    return round(float(number)) if number.replace(".", "", 1).isdecimal() else otherwise
