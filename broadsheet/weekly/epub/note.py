"""A book of one page, such as an e-reader can be sent beside issues."""

from collections.abc import Sequence
from html import escape
from io import BytesIO
from uuid import uuid4

from django.utils.translation import get_language_bidi

from broadsheet.platform import clock
from broadsheet.platform.characters import without_forbidden
from broadsheet.weekly.epub.archive import Archive, Entry

XHTML = "application/xhtml+xml"
PAGE = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"
  xml:lang="{language}" lang="{language}" dir="{direction}">
<head><title>{title}</title></head>
<body>
{body}
</body>
</html>
"""
PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id"
  xml:lang="{language}" dir="{direction}">
  <metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
    <dc:identifier id="id">urn:uuid:{uuid}</dc:identifier>
    <dc:title>{title}</dc:title>
    <dc:language>{language}</dc:language>
    <dc:creator>{publisher}</dc:creator>
    <dc:publisher>{publisher}</dc:publisher>
    <meta property="dcterms:modified">{modified:%Y-%m-%dT%H:%M:%SZ}</meta>
    <meta property="schema:accessMode">textual</meta>
    <meta property="schema:accessModeSufficient">textual</meta>
    <meta property="schema:accessibilityFeature">displayTransformability</meta>
    <meta property="schema:accessibilityFeature">readingOrder</meta>
    <meta property="schema:accessibilityHazard">none</meta>
  </metadata>
  <manifest>
    <item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
    <item id="note" href="note.xhtml" media-type="application/xhtml+xml"/>
  </manifest>
  <spine page-progression-direction="{direction}">
    <itemref idref="note"/>
  </spine>
</package>
"""


def note(title: str, paragraphs: Sequence[str], *, language: str, publisher: str) -> bytes:
    """An EPUB 3.3 that says `paragraphs` below `title`, in the active language; `language` is its tag."""
    heading = escape(without_forbidden(title))
    about = {
        "language": escape(language),
        "direction": "rtl" if get_language_bidi() else "ltr",
        "title": heading,
    }
    said = "\n".join(f"<p>{escape(without_forbidden(paragraph))}</p>" for paragraph in paragraphs)
    listed = f'<nav epub:type="toc"><ol><li><a href="note.xhtml">{heading}</a></li></ol></nav>'
    package = PACKAGE.format(
        **about, publisher=escape(without_forbidden(publisher)), uuid=uuid4(), modified=clock.now()
    )
    to = BytesIO()
    with Archive(to) as archive:
        archive.add(Entry("nav.xhtml", XHTML, "nav"), PAGE.format(**about, body=listed).encode())
        page = PAGE.format(**about, body=f"<h1>{heading}</h1>{said}")
        archive.add(Entry("note.xhtml", XHTML), page.encode())
        archive.add_package(package.encode())
    return to.getvalue()
