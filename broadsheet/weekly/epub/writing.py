"""A weekly issue as an EPUB 3.3: a document for each piece, pictures, fonts, one style sheet."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _

from broadsheet.identity.look import Look
from broadsheet.weekly.content import Image, Issue
from broadsheet.weekly.epub.archive import Archive, Entry
from broadsheet.weekly.epub.body import Picture
from broadsheet.weekly.epub.documents import SHEET, Documents, Page
from broadsheet.weekly.epub.package import package
from broadsheet.weekly.epub.pictures import PictureError, fit
from broadsheet.weekly.epub.sheet import sheet
from broadsheet.weekly.files.makers import Images, NotMade

MOST = 14_500_000
"""Bytes that a whole file is made to have: encoded for mail, that is just below 20 MB."""
FOR_ALL_ELSE = 1_500_000
"""Bytes of it that pictures leave for texts and fonts."""
XHTML = "application/xhtml+xml"


def write(issue: Issue, images: Images, look: Look | None = None) -> Path:
    """A new file, which whoever asked for it deletes. The same issue gives the same bytes. Raises NotMade.

    At most one picture is in memory at a time. Without a `look` it is the one that the program comes with.
    """
    with tempfile.NamedTemporaryFile(prefix="issue-", suffix=".epub", delete=False) as file:
        path = Path(file.name)
        try:
            with translation.override(issue.language.lower()), Archive(file) as archive:
                _fill(archive, issue, images, look or Look(motto=issue.motto))
        except BaseException:
            path.unlink()
            raise
    return path


def _fill(archive: Archive, issue: Issue, images: Images, look: Look) -> None:
    pictures = {image.name: picture for image, picture in _pictures(archive, issue, images)}
    text, fonts = sheet(look)
    archive.add(Entry(SHEET, "text/css"), text.encode())
    for name, content in fonts:
        archive.add(Entry(f"fonts/{name}", "font/woff2"), content, stored=True)
    documents = Documents(issue, pictures)
    pages = documents.pages()
    archive.add(Entry("nav.xhtml", XHTML, "nav"), documents.navigation(pages).content)
    for page in pages:
        archive.add(_entry(page), page.content, stored=page.is_stamped)
    archive.add_package(package(issue, pages, archive.entries))


def _entry(page: Page) -> Entry:
    return Entry(page.path, XHTML, "svg" if page.has_charts else "")


def _pictures(archive: Archive, issue: Issue, images: Images) -> Iterator[tuple[Image, Picture]]:
    room = MOST - FOR_ALL_ELSE
    for number, image in enumerate(issue.images):
        # What one leaves is for those after it.
        try:
            fitted = fit(images(image), room // (len(issue.images) - number))
        except (PictureError, FileNotFoundError) as error:
            raise _unreadable(issue, image) from error
        room -= len(fitted.content)
        path = f"images/{image.name.rpartition('.')[0] or image.name}.{fitted.ending}"
        is_cover = issue.cover is not None and image.name == issue.cover.name
        entry = Entry(path, fitted.media_type, "cover-image" if is_cover else "")
        archive.add(entry, fitted.content, stored=True)
        yield image, Picture(path, image.alt, fitted.width, fitted.height)


def _unreadable(issue: Issue, image: Image) -> NotMade:
    """Says in which article the picture stands, if it does."""
    sentence = _("The picture “{name}” can’t be read.").format(name=image.caption or image.alt or image.name)
    for piece in issue.pieces:
        if f'"{image.name}"' in piece.body or (piece.picture and piece.picture.name == image.name):
            return NotMade(sentence, piece.article)
    return NotMade(sentence)
