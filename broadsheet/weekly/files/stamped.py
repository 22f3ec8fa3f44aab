"""An issue's file on its way to one reader: their number is put in while it is sent, a piece at a time."""

import shutil
import tempfile
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

from broadsheet.weekly.files.makers import Maker
from broadsheet.weekly.models.issue_file import IssueFile

CHUNK = 256 * 1024


class Stamped:
    """The bytes of `row`, as many as its `size`. It is to be closed, also where nobody reads it."""

    def __init__(self, row: IssueFile, maker: Maker, number: str) -> None:
        """Raises FileNotFoundError."""
        self._stack = ExitStack()
        parts = maker.stamp(self._path_of(row), number)
        if isinstance(parts, Generator):
            self._stack.callback(parts.close)
        try:
            # It holds the file from here on, which may be replaced by a new one at any moment.
            first = next(parts, b"")
        except FileNotFoundError:
            self._stack.close()
            raise
        self._parts = chain([first], parts)

    def _path_of(self, row: IssueFile) -> Path:
        storage, name = row.file.storage, str(row.file.name)
        try:
            return Path(storage.path(name))
        except NotImplementedError:
            copy = self._stack.enter_context(
                tempfile.NamedTemporaryFile(prefix="issue-")  # noqa: SIM115 (the stack closes it)
            )
            with storage.open(name) as source:
                shutil.copyfileobj(source, copy, CHUNK)
            copy.flush()
            return Path(copy.name)

    def __iter__(self) -> Iterator[bytes]:
        return self._parts

    def close(self) -> None:
        self._stack.close()
