"""The file that an EPUB is: a zip whose bytes depend on nothing but what is put in.

https://www.w3.org/TR/epub-33/#sec-container-ocf
"""

import zipfile
from dataclasses import dataclass
from typing import IO, Self

MEDIA_TYPE = "application/epub+zip"
FOLDER = "EPUB"
PACKAGE = f"{FOLDER}/package.opf"
CONTAINER = f"""<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles>
    <rootfile full-path="{PACKAGE}" media-type="application/oebps-package+xml"/>
  </rootfiles>
</container>
"""
OLDEST = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can tell. All entries have it: when they were written is nobody's business."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the package document says of a file. `path` is from that document."""

    path: str
    media_type: str
    properties: str = ""

    @property
    def id(self) -> str:
        return self.path.replace("/", "-")


class Archive:
    """Writes one file after the other to `to`, which must be seekable, and keeps none of them."""

    def __init__(self, to: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(to, "w")
        self.entries: list[Entry] = []
        # First, and stored: by these bytes at this place a file is known to be an EPUB.
        self._write("mimetype", MEDIA_TYPE.encode(), zipfile.ZIP_STORED)
        self._write("META-INF/container.xml", CONTAINER.encode(), zipfile.ZIP_DEFLATED)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._zip.close()

    def add(self, entry: Entry, content: bytes, *, stored: bool = False) -> None:
        """`stored` leaves it uncompressed: what is compressed already, and what is stamped."""
        self._write(f"{FOLDER}/{entry.path}", content, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)
        self.entries.append(entry)

    def add_package(self, content: bytes) -> None:
        """The package document, which lists all others."""
        self._write(PACKAGE, content, zipfile.ZIP_STORED)

    def _write(self, name: str, content: bytes, compression: int) -> None:
        info = zipfile.ZipInfo(name, OLDEST)
        info.compress_type = compression
        info.create_system = 3
        info.external_attr = 0o644 << 16
        self._zip.writestr(info, content)
