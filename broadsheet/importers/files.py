"""The files of an export: single ones, folders and zip archives, as one collection of names."""

import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Self
from urllib.parse import unquote

from django.utils.translation import gettext as _

from broadsheet.importers.bodies.addresses import parts_of
from broadsheet.importers.records import NotReadable

LARGEST_UNPACKED = 64 * 1024**3
MOST_TIMES_PACKED = 200
"""A file that unpacks to more than this many times its size is a trap."""
WORTH_A_LOOK = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    size: int
    opened: Callable[[], IO[bytes]]


class Files:
    """`with Files.at(paths) as files`."""

    def __init__(self, stack: ExitStack, entries: list[Entry], names: list[str]) -> None:
        self._stack, self.entries, self.given = stack, entries, names
        self._by_name: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            self._by_name[PurePosixPath(entry.name).name.lower()].append(entry)

    @classmethod
    def at(cls, paths: Iterable[Path]) -> Self:
        stack = ExitStack()
        paths = list(paths)
        try:
            return cls(
                stack, [entry for path in paths for entry in _entries(path, stack)], [p.name for p in paths]
            )
        except BaseException:
            stack.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        self._stack.close()

    def ending(self, *endings: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.name.lower().endswith(endings)]

    def at_address(self, address: str) -> Entry | None:
        """The file that was served at `address`, by as much of its path as a file here shares."""
        path = PurePosixPath(unquote(parts_of(address).path))
        candidates = self._by_name.get(path.name.lower(), []) if path.name else []
        if not candidates:
            return None
        scored = sorted(
            ((_shared(path, entry.name), entry.name, entry) for entry in candidates),
            key=lambda s: (-s[0], s[1]),
        )
        best = scored[0]
        # A name alone says enough only where nothing else has it.
        return best[2] if best[0] > 1 or len(scored) == 1 else None


@contextmanager
def reading(entry: Entry) -> Iterator[IO[bytes]]:
    file = entry.opened()
    try:
        yield file
    finally:
        file.close()


def whole(entry: Entry, most: int = 512 * 1024 * 1024) -> bytes:
    if entry.size > most:
        raise NotReadable(
            _("%(name)s is larger than %(size)d MB.") % {"name": entry.name, "size": most // 1024**2}
        )
    with reading(entry) as file:
        return file.read(most + 1)


def _shared(path: PurePosixPath, name: str) -> int:
    count = 0
    for one, other in zip(reversed(path.parts), reversed(PurePosixPath(name).parts), strict=False):
        if one.lower() != other.lower():
            break
        count += 1
    return count


def _entries(path: Path, stack: ExitStack) -> Iterator[Entry]:
    if not path.exists():
        raise NotReadable(_("There is no file %s.") % path)
    if path.is_dir():
        for found in sorted(path.rglob("*")):
            if found.is_file() and not found.is_symlink():
                yield from _single(found, found.relative_to(path.parent).as_posix(), stack)
    else:
        yield from _single(path, path.name, stack)


def _single(path: Path, name: str, stack: ExitStack) -> Iterator[Entry]:
    if path.suffix.lower() != ".zip":
        yield Entry(name, path.stat().st_size, lambda: path.open("rb"))
        return
    try:
        archive = stack.enter_context(zipfile.ZipFile(path))
        members = [member for member in archive.infolist() if not member.is_dir()]
    except (zipfile.BadZipFile, OSError) as error:
        raise NotReadable(_("%s is no zip archive, or it is damaged.") % name) from error
    if sum(member.file_size for member in members) > LARGEST_UNPACKED or any(map(_is_trap, members)):
        raise NotReadable(_("%s unpacks to far more than it holds.") % name)
    for member in members:
        if "__MACOSX" not in member.filename:
            yield Entry(f"{path.stem}/{member.filename}", member.file_size, _opener(archive, member))


def _is_trap(member: zipfile.ZipInfo) -> bool:
    return member.file_size > WORTH_A_LOOK and member.file_size > MOST_TIMES_PACKED * max(
        1, member.compress_size
    )


def _opener(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    return lambda: archive.open(member)
