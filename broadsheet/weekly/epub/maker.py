from pathlib import Path

from broadsheet.identity.look import look
from broadsheet.weekly.content import Issue
from broadsheet.weekly.epub.archive import MEDIA_TYPE
from broadsheet.weekly.epub.stamping import stamp
from broadsheet.weekly.epub.writing import write
from broadsheet.weekly.files.makers import Images, Maker


def write_in_its_look(issue: Issue, images: Images) -> Path:
    """In the fonts and the accent colour that its edition has chosen."""
    return write(issue, images, look(issue.language.lower()))


MOST = 15_000_000
"""Bytes: more, and shops and mailboxes for e-readers begin to refuse it."""

MAKER = Maker("epub", "EPUB", write_in_its_look, stamp, MEDIA_TYPE, "epub", MOST, is_mailed=True)
