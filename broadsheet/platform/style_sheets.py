"""Style sheets that are written as several files and fetched as one.

A sheet imports others of its room or one below, each in a line of its own:
``@import "../../evidence/css/evidence.css";``. Browsers follow that while one develops; `collectstatic` puts
the imported text in the line's place.
"""

import posixpath
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage

IMPORT = re.compile(r'^@import "([^":]+)";\n', re.MULTILINE)

type Read = Callable[[str], str]
"""From a static file's name to its text."""


def merged(name: str, read: Read) -> str:
    """The text of the style sheet `name` with all that it imports.

    Raises ValueError where a sheet of another folder, which is imported, names a file by its place.
    """
    folder = posixpath.dirname(name)

    def imported(found: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, found[1]))
        text = merged(target, read)
        if "url(" in text and posixpath.dirname(target) != folder:
            raise ValueError(f"{name} imports {target}, which names a file by its place in another folder")
        return text

    return IMPORT.sub(imported, read(name))


class MergingStorage(ManifestStaticFilesStorage):
    def post_process(
        self, paths: dict[str, tuple[Any, str]], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        def read(name: str) -> str:
            storage, path = paths[name]
            with storage.open(path) as file:
                return str(file.read().decode())

        whole = InMemoryStorage()
        sheets = [name for name in paths if name.endswith(".css") and IMPORT.search(read(name))]
        for name in sheets:
            whole.save(name, ContentFile(merged(name, read).encode()))
        yield from super().post_process(paths | {name: (whole, name) for name in sheets}, dry_run, **options)
