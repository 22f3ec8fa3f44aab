"""An issue's EPUB with a reader's number, made for each message when it leaves."""

import os
import shutil
import tempfile
import weakref
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from threading import Lock

from django.core.files.storage import default_storage

from broadsheet.weekly.files import makers

FILE = "issue"
"""The token of a message that is the file: where it is kept, and the reader's number."""
KIND = "epub"
MOST_KEPT = 4
"""Issues of several editions may leave at the same time, and no message should have to fetch its file."""


def token_of(name: str, number: str) -> str:
    return f"{name} {number}"


def file_of(token: str) -> bytes:
    """Raises FileNotFoundError where it was taken back meanwhile."""
    name, _space, number = token.rpartition(" ")
    maker = makers.maker_of(KIND)
    if not name or maker is None:
        raise FileNotFoundError("The issue’s EPUB is being made.")
    return b"".join(maker.stamp(_local.path_of(name), number))


def hold(name: str) -> None:
    """Fetches what a bucket holds before the first message asks for it, if that can be had now."""
    with suppress(OSError):
        _local.path_of(name)


class LocalFiles:
    """The files that were asked for last, as ones of this machine. A name never gets another content."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._paths: OrderedDict[str, Path] = OrderedDict()

    def path_of(self, name: str) -> Path:
        """Raises OSError."""
        try:
            return Path(default_storage.path(name))
        except NotImplementedError:
            pass
        with self._lock:
            if name not in self._paths:
                self._paths[name] = self._fetched(name)
            self._paths.move_to_end(name)
            if len(self._paths) > MOST_KEPT:
                self._paths.popitem(last=False)[1].unlink(missing_ok=True)
            return self._paths[name]

    def _fetched(self, name: str) -> Path:
        from botocore.exceptions import BotoCoreError, ClientError  # only who has a bucket waits for it

        handle, path = tempfile.mkstemp(prefix="issue-", suffix=".epub")
        weakref.finalize(self, Path(path).unlink, missing_ok=True)
        try:
            with os.fdopen(handle, "wb") as target, default_storage.open(name) as source:
                shutil.copyfileobj(source, target)
        except (BotoCoreError, ClientError, OSError) as error:
            Path(path).unlink()
            raise OSError(str(error)) from error
        return Path(path)


_local = LocalFiles()
