"""A drawing that somebody uploads, reduced to shapes and colours.

What is not on the lists below is left out: scripts, handlers, foreign objects, pictures, links, text,
animation and whatever is fetched from elsewhere. Style sheets within, as drawing programs write them, become
attributes.
"""

import re
from collections.abc import Iterator

import tinycss2
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from lxml import etree

SVG = "http://www.w3.org/2000/svg"
XLINK = "{http://www.w3.org/1999/xlink}href"
MOST_BYTES, MOST_ELEMENTS, MOST_USES = 200_000, 5_000, 200
ELEMENTS = {
    "svg", "g", "defs", "symbol", "use", "title", "desc", "path", "rect", "circle", "ellipse", "line",
    "polyline", "polygon", "linearGradient", "radialGradient", "stop", "clipPath", "mask",
}  # fmt: skip
LOOKS = {
    "clip-path", "clip-rule", "color", "display", "fill", "fill-opacity", "fill-rule", "mask", "opacity",
    "stop-color", "stop-opacity", "stroke", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap",
    "stroke-linejoin", "stroke-miterlimit", "stroke-opacity", "stroke-width", "visibility",
}  # fmt: skip
SHAPES = {
    "id", "class", "transform", "viewBox", "width", "height", "x", "y", "x1", "y1", "x2", "y2", "cx",
    "cy", "r", "rx", "ry", "fx", "fy", "d", "points", "offset", "gradientUnits", "gradientTransform",
    "spreadMethod", "clipPathUnits", "maskUnits", "maskContentUnits", "preserveAspectRatio", "version",
}  # fmt: skip
WITHIN = re.compile(r"#[\w.-]+")
ELSEWHERE = re.compile(
    r"""url\(\s*["']?(?!#[\w.-]+["']?\s*\))|[\\@]|javascript:|expression\(""", re.IGNORECASE
)
LENGTH = re.compile(r"\s*([0-9.]+)(?:px|pt|mm)?\s*")


def cleaned(content: bytes) -> bytes:
    """`content` without what could run, fetch or hide something; raises ValidationError."""
    if len(content) > MOST_BYTES:
        raise ValidationError(
            _("The drawing is larger than 200 KB. Export it without what it does not show.")
        )
    root = _parsed(content)
    rules = list(_rules(root))
    number = sum(1 for _each in root.iter())
    if number > MOST_ELEMENTS:
        raise ValidationError(_("The drawing has more than 5,000 parts. Export it as a simpler one."))
    new = etree.Element(f"{{{SVG}}}svg", nsmap={None: SVG})
    _copy(root, new, rules)
    _refuse_what_multiplies(new)
    if not _size(new):
        raise ValidationError(_("The drawing says nothing of its size: it needs a viewBox."))
    if not any(
        _name(one) in {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
        for one in new.iter()
    ):
        raise ValidationError(
            _("The drawing has no shapes. Convert its text to outlines, and export it again.")
        )
    return bytes(etree.tostring(new, encoding="utf-8"))


def size_of(content: bytes) -> tuple[float, float]:
    """Of what `cleaned` gave."""
    return _size(_parsed(content)) or (1, 1)


def _parsed(content: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ValidationError(_("This is not an SVG that can be read. Export it again.")) from error
    if _name(root) != "svg":
        raise ValidationError(_("This is not an SVG that can be read. Export it again."))
    # Entities are how a small file becomes a huge one, and reads others. A plain DOCTYPE means nothing.
    if root.getroottree().docinfo.internalDTD is not None and any(
        True for _each in root.getroottree().docinfo.internalDTD.iterentities()
    ):
        raise ValidationError(_("The drawing declares entities. Export it as plain SVG."))
    return root


def _name(element: etree._Element) -> str:
    if not isinstance(element.tag, str):
        return ""
    name = etree.QName(element)
    return str(name.localname) if name.namespace in {SVG, None} else ""


def _copy(source: etree._Element, target: etree._Element, rules: list[tuple[str, dict[str, str]]]) -> None:
    for name, value in _attributes(source, rules):
        target.set(name, value)
    if _name(source) in {"title", "desc"}:
        target.text = source.text
        return
    for child in source:
        if _name(child) in ELEMENTS - {"svg"}:
            _copy(child, etree.SubElement(target, f"{{{SVG}}}{_name(child)}"), rules)


def _attributes(source: etree._Element, rules: list[tuple[str, dict[str, str]]]) -> Iterator[tuple[str, str]]:
    classes = source.get("class", "").split()
    for name, value in source.attrib.items():
        if name in {XLINK, "href"} and _name(source) == "use":
            if WITHIN.fullmatch(value.strip()):
                yield "href", value.strip()
        elif name != "class" and name in SHAPES | LOOKS and not ELSEWHERE.search(value):
            yield str(name), value
    for selector, looks in rules:
        if selector == _name(source) or selector in {f".{one}" for one in classes}:
            yield from looks.items()
    yield from _looks(source.get("style", "")).items()


def _rules(root: etree._Element) -> Iterator[tuple[str, dict[str, str]]]:
    for sheet in root.iter(f"{{{SVG}}}style", "style"):
        for rule in tinycss2.parse_stylesheet(sheet.text or "", skip_comments=True, skip_whitespace=True):
            if rule.type == "qualified-rule":
                looks = _looks(tinycss2.serialize(rule.content))
                for selector in tinycss2.serialize(rule.prelude).split(","):
                    yield selector.strip(), looks


def _looks(style: str) -> dict[str, str]:
    found = tinycss2.parse_blocks_contents(style, skip_comments=True, skip_whitespace=True)
    written = {
        one.lower_name: tinycss2.serialize(one.value).strip() for one in found if one.type == "declaration"
    }
    return {name: value for name, value in written.items() if name in LOOKS and not ELSEWHERE.search(value)}


def _refuse_what_multiplies(root: etree._Element) -> None:
    """A few parts that use one another in turn are a billion parts on the screen."""
    uses = [one for one in root.iter() if _name(one) == "use"]
    named = {one.get("id"): one for one in root.iter() if one.get("id")}
    for use in uses:
        used = named.get(use.get("href", "").removeprefix("#"))
        if used is not None and any(_name(one) == "use" for one in used.iter()):
            raise ValidationError(_("The drawing repeats what repeats. Export it with its symbols expanded."))
    if len(uses) > MOST_USES:
        raise ValidationError(_("The drawing repeats its symbols too often. Export it with them expanded."))


def _size(root: etree._Element) -> tuple[float, float] | None:
    """Width and height, from the viewBox or else as they stand; a viewBox is made where there is none."""
    try:
        box = [float(number) for number in re.split(r"[\s,]+", root.get("viewBox", "").strip())]
    except ValueError:
        box = []
    if len(box) == 4 and min(box[2:]) > 0:
        return box[2], box[3]
    sides = [LENGTH.fullmatch(root.get(name, "")) for name in ("width", "height")]
    if not all(sides):
        return None
    width, height = (float(side[1]) for side in sides if side)
    if min(width, height) <= 0:
        return None
    root.set("viewBox", f"0 0 {width:g} {height:g}")
    return width, height
