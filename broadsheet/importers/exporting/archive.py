"""A zip archive, written in one go and not there before it is whole."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from typing import IO, Any, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.core.serializers.json import DjangoJSONEncoder

from broadsheet.platform import clock
from broadsheet.platform.csv_files import in_a_cell

CHUNK = 1024 * 1024


class Archive:
    def __init__(self, zipped: ZipFile) -> None:
        self._zipped = zipped
        self.gone: list[str] = []
        """Files that a row names and the storage does not have."""

    @classmethod
    @contextmanager
    def at(cls, path: Path) -> Iterator[Self]:
        """Raises OSError where it can't be written; then nothing is left of it."""
        unfinished = path.with_name(f".{path.name}.unfinished")
        try:
            with ZipFile(unfinished, "w", ZIP_DEFLATED) as zipped:
                yield cls(zipped)
            # It holds readers' addresses.
            unfinished.chmod(0o600)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)

    @contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        """One file at a time."""
        with self._zipped.open(self._about(name, ZIP_DEFLATED), "w", force_zip64=True) as file:
            yield file

    def add(self, name: str, contents: str | bytes) -> None:
        with self.writing(name) as file:
            file.write(contents.encode() if isinstance(contents, str) else contents)

    def add_lines(self, name: str, rows: Iterable[dict[str, Any]]) -> int:
        """One JSON object a line; how many."""
        count = 0
        with self.writing(name) as file:
            for row in rows:
                file.write(said(row).encode() + b"\n")
                count += 1
        return count

    def add_table(self, name: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        with self.writing(name) as file, io.TextIOWrapper(file, "utf-8-sig", newline="") as text:
            writer = csv.writer(text)
            writer.writerow(headings)
            writer.writerows([in_a_cell(value) for value in row] for row in rows)

    def add_file(self, name: str, stored: Any) -> None:
        """A file of a storage, as it is: pictures and sounds don't get smaller."""
        try:
            source = stored.storage.open(stored.name, "rb")
        except FileNotFoundError:
            self.gone.append(stored.name)
            return
        about = self._about(name, ZIP_STORED)
        with source, self._zipped.open(about, "w", force_zip64=True) as file:
            copyfileobj(source, file, CHUNK)

    def _about(self, name: str, how: int) -> ZipInfo:
        about = ZipInfo(name, clock.now().timetuple()[:6])
        about.compress_type = how
        about.external_attr = 0o600 << 16
        return about


def said(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
