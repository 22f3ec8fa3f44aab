"""Style sheets that are written as several files and fetched as one; and scripts, without their comments.

A sheet imports others of its room or one below, each in a line of its own:
``@import "../../evidence/css/evidence.css";``. Browsers follow that while one develops; `collectstatic` puts
the imported text in the line's place, minifies the sheet and lays it compressed beside itself, where
WhiteNoise and nginx (`gzip_static`) find it. Scripts are minified too: those of our rooms, not of packages.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import tinycss2
from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from rjsmin import jsmin
from whitenoise.compress import Compressor

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


def minified(css: str) -> str:
    """The same rules without comments, and with white space only where it can mean something."""
    return _tightened(tinycss2.parse_component_value_list(css))


def _tightened(nodes: Iterable[Any]) -> str:
    tight = ""
    for node in nodes:
        if node.type == "whitespace":
            # Next to these, and twice, it means nothing.
            part = "" if not tight or tight[-1] in " ;{}" else " "
        elif node.type == "comment":
            part = "" if not tight or tight[-1] in " ;{}" else "/**/"
        elif node.type == "{} block":
            tight = tight.rstrip(" ")
            part = "{" + _tightened(node.content).removesuffix(";") + "}"
        else:
            part = str(node.serialize())
            if part == ";":
                tight = tight.rstrip(" ")
        tight += part
    return tight.rstrip(" ")


def _is_ours(storage: Any, path: str) -> bool:
    return Path(storage.path(path)).is_relative_to(settings.ROOT / "broadsheet")


class ReadyStorage(ManifestStaticFilesStorage):
    """Static files as browsers want them: style sheets whole, these and scripts minified, all compressed."""

    def post_process(
        self, paths: dict[str, tuple[Any, str]], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        def read(name: str) -> str:
            storage, path = paths[name]
            with storage.open(path) as file:
                return str(file.read().decode())

        whole = InMemoryStorage()
        sheets = [name for name in paths if name.endswith(".css") and not name.endswith(".min.css")]
        for name in sheets:
            whole.save(name, ContentFile(minified(merged(name, read)).encode()))
        scripts = [
            name
            for name, (storage, path) in paths.items()
            if name.endswith(".js") and _is_ours(storage, path)
        ]
        for name in scripts:
            whole.save(name, ContentFile(jsmin(read(name)).encode()))
        found = []
        whole_paths = paths | {name: (whole, name) for name in [*sheets, *scripts]}
        for name, stored, processed in super().post_process(whole_paths, dry_run, **options):
            if stored and not isinstance(processed, Exception):
                found.append(str(stored))
            yield name, stored, processed
        if not dry_run:
            self._compress(found)

    def _compress(self, names: Iterable[str]) -> None:
        """Those that are there already are left: a name holds the digest of what it names."""
        compressor = Compressor(quiet=True)
        missing = [
            self.path(name)
            for name in names
            if compressor.should_compress(name) and not self.exists(f"{name}.gz")
        ]
        with ThreadPoolExecutor() as threads:
            list(threads.map(compressor.compress, missing))
