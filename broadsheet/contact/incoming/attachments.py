"""Which files that came with a message are kept, by what they are and how large."""

import io
from collections.abc import Sequence
from pathlib import PurePath
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _

from broadsheet.contact.models import Attachment
from broadsheet.platform.characters import without_forbidden

LARGEST = 8 * 1024 * 1024
"""Bytes of one file."""
MOST = 10
"""Files of one message."""
TYPES: dict[str, tuple[str, Sequence[bytes]]] = {
    ".png": ("image/png", [b"\x89PNG\r\n\x1a\n"]),
    ".jpg": ("image/jpeg", [b"\xff\xd8\xff"]),
    ".jpeg": ("image/jpeg", [b"\xff\xd8\xff"]),
    ".gif": ("image/gif", [b"GIF87a", b"GIF89a"]),
    ".webp": ("image/webp", [b"RIFF"]),
    ".pdf": ("application/pdf", [b"%PDF-"]),
    ".txt": ("text/plain", []),
    ".csv": ("text/csv", []),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", [b"PK\x03\x04"]),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", [b"PK\x03\x04"]),
    ".odt": ("application/vnd.oasis.opendocument.text", [b"PK\x03\x04"]),
}
"""Ending → media type, and how such a file begins. What can run something is not among them."""
UNNAMED = "attachment"


def attachment(name: str, media_type: str, content: bytes, position: int) -> Attachment:
    """Not saved yet. Where it may not be kept, without its content and with the reason."""
    name = file_name(name)
    why_not = _why_not(name, content, position)
    kept_type = TYPES[PurePath(name).suffix.lower()][0] if not why_not else media_type
    return Attachment(
        name=name,
        media_type=kept_type[:100],
        size=len(content),
        content=None if why_not else content,
        why_not=why_not,
    )


def file_name(name: str) -> str:
    """Without a folder, in one line, with its ending."""
    name = without_forbidden(" ".join(name.replace("\\", "/").rpartition("/")[2].split())) or UNNAMED
    stem, ending = PurePath(name).stem, PurePath(name).suffix
    return f"{stem[: 200 - len(ending[:20])]}{ending[:20]}"


def _why_not(name: str, content: bytes, position: int) -> str:
    if position >= MOST:
        return _("There were more than ten files.")
    if not content:
        return _("It is empty.")
    if len(content) > LARGEST:
        return _("It is larger than 8 MB.")
    known = TYPES.get(PurePath(name).suffix.lower())
    if known is None:
        return _("Files of this kind are not kept.")
    _type, beginnings = known
    if beginnings and not content.startswith(tuple(beginnings)):
        return _("It is not what its name says.")
    if not beginnings and b"\0" in content:
        return _("It is not what its name says.")
    if beginnings == [b"PK\x03\x04"] and _has_macros(content):
        return _("It holds a program.")
    return ""


def _has_macros(content: bytes) -> bool:
    try:
        names = ZipFile(io.BytesIO(content)).namelist()
    except (BadZipFile, ValueError, NotImplementedError):
        return True
    return any("vbaproject" in name.lower() or name.startswith("Basic/") for name in names)
