"""Reads the files that tests made, as a reading program would: by the zip and by the package document."""

import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

NAMES = {
    "opf": "http://www.idpf.org/2007/opf",
    "dc": "http://purl.org/dc/elements/1.1/",
    "h": "http://www.w3.org/1999/xhtml",
    "epub": "http://www.idpf.org/2007/ops",
    "svg": "http://www.w3.org/2000/svg",
}


@dataclass
class Opened:
    path: Path
    files: dict[str, bytes] = field(init=False)

    def __post_init__(self) -> None:
        with zipfile.ZipFile(self.path) as archive:
            assert archive.testzip() is None
            self.files = {name: archive.read(name) for name in archive.namelist()}

    @property
    def package(self) -> etree._Element:
        return etree.fromstring(self.files["EPUB/package.opf"])

    def document(self, name: str) -> etree._Element:
        return etree.fromstring(self.files[f"EPUB/{name}.xhtml"])

    def meta(self, name: str) -> list[str]:
        found = self.package.xpath(f"//opf:meta[@property='{name}']", namespaces=NAMES)
        return [str(element.text) for element in found]

    @property
    def order(self) -> list[str]:
        """The paths of what is read, one after the other."""
        paths = {item.get("id"): item.get("href") for item in self.package.iter(f"{{{NAMES['opf']}}}item")}
        return [str(paths[item.get("idref")]) for item in self.package.iter(f"{{{NAMES['opf']}}}itemref")]


def found(element: etree._Element, path: str) -> list[etree._Element]:
    """By an XPath; ``h:`` is XHTML."""
    return list(element.xpath(path, namespaces=NAMES))


def words(element: etree._Element) -> str:
    return " ".join("".join(element.itertext()).split())
