"""Bodies as documents of an EPUB hold them: sources are notes, links lead within the issue, tables move.

What they are made of is said in `content.py`. https://www.w3.org/TR/epub-ssv-11/ names what `epub:type` may.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _
from lxml import etree

from broadsheet.platform.characters import without_forbidden
from broadsheet.weekly.content import Issue

XHTML = "http://www.w3.org/1999/xhtml"
OPS = "http://www.idpf.org/2007/ops"
SVG = "http://www.w3.org/2000/svg"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
TYPE = f"{{{OPS}}}type"
HEADINGS = tuple(f"{{{XHTML}}}h{level}" for level in range(1, 7))
SCHEMES = ("https://", "http://", "mailto:", "tel:")


class MarkupError(Exception):
    """A body is no well-formed XML."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture where it lies in the file."""

    path: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Body:
    text: str = ""
    """XML; its namespaces are those of `document`."""
    marks: dict[int, list[str]] = field(default_factory=dict)
    """The ids of the marks in it, by the number of the source."""


def parsed(fragment: str, tag: str = "div") -> etree._Element:
    """`fragment` within one element. Raises MarkupError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    whole = f'<{tag} xmlns="{XHTML}" xmlns:epub="{OPS}">{without_forbidden(fragment)}</{tag}>'
    try:
        return etree.fromstring(whole.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise MarkupError(str(error)) from error


class Bodies:
    """Reads the bodies of one issue."""

    def __init__(self, issue: Issue, pictures: Mapping[str, Picture]) -> None:
        self._pictures = pictures
        self._places = {piece.anchor: f"{piece.anchor}.xhtml" for piece in issue.pieces}
        self._addresses = {piece.url: f"{piece.anchor}.xhtml" for piece in issue.pieces}

    def read(self, text: str, numbers: Collection[int] = ()) -> Body:
        """`numbers` are those of the sources that the document lists. Raises MarkupError."""
        if not text.strip():
            return Body()
        root = parsed(text)
        _draw(root)
        _name_once(root)
        _speak(root)
        _tell_asides_apart(root)
        self._show(root)
        marks = self._link(root, numbers)
        _let_scroll(root)
        inside = [root.text or "", *(etree.tostring(part, encoding="unicode") for part in root)]
        return Body("".join(inside), marks)

    def _show(self, root: etree._Element) -> None:
        """Names the files of pictures, and leaves out what the issue doesn't have."""
        for image in list(root.iter(f"{{{XHTML}}}img")):
            picture = self._pictures.get(image.get("src") or "")
            if picture is None:
                _unwrap(image)
                continue
            image.set("src", picture.path)
            image.set("alt", image.get("alt") or picture.alt)
            image.set("width", str(picture.width))
            image.set("height", str(picture.height))

    def _link(self, root: etree._Element, numbers: Collection[int]) -> dict[int, list[str]]:
        marks: dict[int, list[str]] = defaultdict(list)
        ids = {str(found.get("id")) for found in root.iter("*") if found.get("id")}
        for link in list(root.iter(f"{{{XHTML}}}a")):
            address = link.get("href") or ""
            number = address.removeprefix("#ref-")
            if number.isdecimal() and int(number) in numbers and address.startswith("#ref-"):
                known = marks[int(number)]
                known.append(f"mark-{int(number)}-{len(known) + 1}")
                link.set("id", known[-1])
                link.set(TYPE, "noteref")
                link.set("role", "doc-noteref")
            elif address.startswith("#") and address[1:] in self._places:
                link.set("href", self._places[address[1:]])
            elif address.startswith("#") and address[1:] in ids:
                pass
            elif address in self._addresses and link.get("rel") != "external":
                link.set("href", self._addresses[address])
            elif address.startswith(SCHEMES):
                link.set("href", safe_address(address))
            else:
                _unwrap(link)
        return marks


def safe_address(address: str) -> str:
    """`address` without what a URL can't hold."""
    return str(iri_to_uri(address.strip())).translate(
        {ord(sign): f"%{ord(sign):02X}" for sign in '<>"{}|\\^` '}
    )


def _draw(root: etree._Element) -> None:
    """Charts are SVG, also where nothing says so; without what only a mouse would point at.

    They run from left to right in every script.
    """
    for drawing in list(root.iter(f"{{{XHTML}}}svg")):
        for part in drawing.iter(f"{{{XHTML}}}*"):
            part.tag = f"{{{SVG}}}{etree.QName(part).localname}"
    for drawing in root.iter(f"{{{SVG}}}svg"):
        drawing.set("direction", "ltr")
    for place in list(root.iter(f"{{{SVG}}}rect")):
        if place.get("class") == "plot-place" and (parent := place.getparent()) is not None:
            parent.remove(place)


def _name_once(root: etree._Element) -> None:
    known = set()
    for element in root.iter("*"):
        name = element.get("id")
        if name is not None and (name in known or not name or len(name.split()) != 1):
            del element.attrib["id"]
        else:
            known.add(name)


def _speak(root: etree._Element) -> None:
    for element in root.iter("*"):
        if language := element.get("lang"):
            element.set(XML_LANG, language)


def _tell_asides_apart(root: etree._Element) -> None:
    """Each is a place that one can go to by its name; a pull quote only says again what stands beside it."""
    for aside in root.iter(f"{{{XHTML}}}aside"):
        heading = next(aside.iter(*HEADINGS), None)
        if "pull-quote" in (aside.get("class") or "").split():
            aside.set("role", "doc-pullquote")
        elif heading is not None:
            aside.set("aria-label", _words(heading))


def _words(element: etree._Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _let_scroll(root: etree._Element) -> None:
    """A table that is wider than the page can be moved, by keyboard too."""
    for table in list(root.iter(f"{{{XHTML}}}table")):
        caption = table.find(f"{{{XHTML}}}caption")
        name = _words(caption) if caption is not None else ""
        parent = table.getparent()
        if parent is None:
            continue
        frame = etree.Element(f"{{{XHTML}}}div")
        frame.set("class", "wide")
        frame.set("role", "region")
        frame.set("tabindex", "0")
        frame.set("aria-label", name or _("Table"))
        frame.tail, table.tail = table.tail, None
        parent.replace(table, frame)
        frame.append(table)


def _unwrap(element: etree._Element) -> None:
    """Its content in its place."""
    parent = element.getparent()
    if parent is None:
        return
    previous = element.getprevious()
    children = list(element)

    def say(text: str | None) -> None:
        if not text:
            return
        if previous is None:
            parent.text = (parent.text or "") + text
        else:
            previous.tail = (previous.tail or "") + text

    say(element.text)
    place = parent.index(element)
    tail = element.tail
    element.tail = None
    parent.remove(element)
    for offset, child in enumerate(children):
        parent.insert(place + offset, child)
    if children:
        children[-1].tail = (children[-1].tail or "") + (tail or "")
    else:
        say(tail)
