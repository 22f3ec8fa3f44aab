"""The package document: what the file is, how it can be read by whom, and all that is in it.

https://www.w3.org/TR/epub-33/#sec-package-doc and, for whom it can be read by, https://www.w3.org/TR/epub-a11y-11/
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time

from django.utils.translation import gettext as _
from lxml import etree

from broadsheet.platform.characters import without_forbidden
from broadsheet.weekly.content import Issue
from broadsheet.weekly.epub.archive import Entry
from broadsheet.weekly.epub.body import XML_LANG
from broadsheet.weekly.epub.documents import Page
from broadsheet.weekly.epub.stamping import UNSTAMPED

OPF = "http://www.idpf.org/2007/opf"
DC = "http://purl.org/dc/elements/1.1/"
CONFORMS = "EPUB Accessibility 1.1 - WCAG 2.2 Level AA"
FEATURES = (
    "displayTransformability",
    "readingOrder",
    "structuralNavigation",
    "tableOfContents",
    "ARIA",
    "unlocked",
)


def package(issue: Issue, pages: list[Page], entries: Iterable[Entry]) -> bytes:
    """`pages` are those that are read one after the other."""
    root = etree.Element(f"{{{OPF}}}package", nsmap={None: OPF})
    root.set("version", "3.0")
    root.set("unique-identifier", "id")
    root.set(XML_LANG, issue.language)
    root.set("dir", issue.direction)
    root.set("prefix", "a11y: http://www.idpf.org/epub/vocab/package/a11y/#")
    entries = list(entries)
    _describe(etree.SubElement(root, f"{{{OPF}}}metadata", nsmap={"dc": DC}), issue, entries)
    manifest = etree.SubElement(root, f"{{{OPF}}}manifest")
    for entry in entries:
        item = etree.SubElement(manifest, f"{{{OPF}}}item", id=entry.id, href=entry.path)
        item.set("media-type", entry.media_type)
        if entry.properties:
            item.set("properties", entry.properties)
    spine = etree.SubElement(root, f"{{{OPF}}}spine")
    spine.set("page-progression-direction", issue.direction)
    ids = {entry.path: entry.id for entry in entries}
    for page in pages:
        etree.SubElement(spine, f"{{{OPF}}}itemref", idref=ids[page.path])
    etree.indent(root)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True))


def modified(issue: Issue) -> datetime:
    """When what it says last changed, as far as it tells. It is the same each time the file is made."""
    last = datetime.combine(issue.last_day, time(), UTC)
    of_pieces = (amendment for piece in issue.pieces for amendment in piece.amendments)
    amended = [datetime.combine(found.day, time(), UTC) for found in (*issue.amendments, *of_pieces)]
    return max([issue.published or last, *amended]).astimezone(UTC)


def _describe(metadata: etree._Element, issue: Issue, entries: list[Entry]) -> None:
    def core(name: str, text: str, **attributes: str) -> None:
        if text:
            element = etree.SubElement(metadata, f"{{{DC}}}{name}", attributes)
            element.text = without_forbidden(text)

    def meta(name: str, text: str, **attributes: str) -> None:
        element = etree.SubElement(metadata, f"{{{OPF}}}meta", {"property": name, **attributes})
        element.text = without_forbidden(text)

    publisher = issue.publisher or issue.magazine
    core("identifier", f"urn:uuid:{issue.uuid}", id="id")
    core("title", f"{issue.magazine}, {issue.title}", id="title")
    core("language", issue.language)
    core("creator", issue.magazine)
    core("publisher", publisher)
    core("description", " · ".join(issue.cover_lines))
    core("source", issue.url)
    if issue.published:
        core("date", issue.published.date().isoformat())
    meta("dcterms:modified", modified(issue).strftime("%Y-%m-%dT%H:%M:%SZ"))
    meta("belongs-to-collection", issue.magazine, id="magazine")
    meta("collection-type", "series", refines="#magazine")
    meta("group-position", str(issue.number), refines="#magazine")
    has_pictures = any(entry.media_type.startswith("image/") for entry in entries)
    has_charts = any(entry.properties == "svg" for entry in entries)
    meta("schema:accessMode", "textual")
    if has_pictures or has_charts:
        meta("schema:accessMode", "visual")
        meta("schema:accessModeSufficient", "textual,visual")
    meta("schema:accessModeSufficient", "textual")
    for feature in (*FEATURES, *(["alternativeText"] if has_pictures or has_charts else [])):
        meta("schema:accessibilityFeature", feature)
    meta("schema:accessibilityHazard", "none")
    meta("schema:accessibilitySummary", _summary())
    meta("dcterms:conformsTo", CONFORMS)
    meta("a11y:certifiedBy", publisher)
    meta("dcterms:provenance", UNSTAMPED, id="readers-number")


def _summary() -> str:
    return _(
        "Everything can be read as text, in its order, with headings. Pictures have texts in their place, "
        "charts a table of their numbers. Sources are linked notes that lead back. Fonts, their size and the "
        "background can be changed."
    )
