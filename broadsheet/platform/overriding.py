"""Templates and static files that an installation has in place of ours, and whether ours have changed since.

Beside what it overrides, its folder holds a copy of each original as it was when somebody last looked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import AppDirectoriesFinder
from django.core.checks import CheckMessage, Warning
from django.template.utils import get_app_template_dirs

from broadsheet.environment.own import Own

TAG = "broadsheet-overrides"
TEMPLATES, STATIC = "templates", "static"


@dataclass(frozen=True, slots=True)
class Override:
    """One file of the folder that stands in place of another."""

    own: Own
    kind: str
    """TEMPLATES or STATIC."""
    name: str
    """As templates name it: ``editorial/front.html``."""

    @property
    def file(self) -> Path:
        return self.own.folder / self.kind / self.name

    @property
    def copy(self) -> Path:
        """Of the original, as it was last seen."""
        return self.own.originals / self.kind / self.name

    @property
    def original(self) -> Path | None:
        """As it is now; None where there is none, so that nothing is overridden."""
        if self.kind == STATIC:
            found = AppDirectoriesFinder().find(self.name)
            return Path(str(found)) if found and Path(str(found)).is_file() else None
        folders = (Path(folder) for folder in get_app_template_dirs("templates"))
        return next((folder / self.name for folder in folders if (folder / self.name).is_file()), None)

    @property
    def was_seen(self) -> bool:
        return self.copy.is_file()

    @property
    def has_changed(self) -> bool:
        """Since somebody last looked; a copy whose original is gone has changed too."""
        if not self.was_seen:
            return False
        original = self.original
        return original is None or original.read_bytes() != self.copy.read_bytes()

    def see(self) -> None:
        """Notes that the file takes account of the original as it is now."""
        if original := self.original:
            self.copy.parent.mkdir(parents=True, exist_ok=True)
            self.copy.write_bytes(original.read_bytes())
        else:
            self.copy.unlink(missing_ok=True)

    def begin(self) -> None:
        """Copies the original, to be changed; raises FileExistsError, FileNotFoundError."""
        original = self.original
        if original is None:
            raise FileNotFoundError(self.name)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("xb") as file:
            file.write(original.read_bytes())
        self.see()

    def difference(self) -> Iterator[str]:
        """What has changed in the original, line by line."""
        now = self.original.read_text().splitlines() if self.original else []
        before = self.copy.read_text().splitlines() if self.was_seen else []
        return unified_diff(before, now, f"{self.name}, when you looked", f"{self.name}, now", lineterm="")


def overrides(own: Own) -> list[Override]:
    """All files of the folder for which there is an original, or was."""
    found = []
    for kind in (TEMPLATES, STATIC):
        files = sorted((own.folder / kind).rglob("*"))
        every = [Override(own, kind, str(f.relative_to(own.folder / kind))) for f in files if f.is_file()]
        found += [one for one in every if one.was_seen or one.original]
    return found


def check_overrides(**kwargs: Any) -> list[CheckMessage]:
    """What `broadsheet check` says of them."""
    if settings.OWN is None:
        return []
    said: list[CheckMessage] = []
    for one in overrides(settings.OWN):
        if one.has_changed:
            words = (
                f"OWN_DIR: the original of {one.kind}/{one.name} has changed since you looked: see "
                f"`broadsheet override --diff {one.name}`, then `broadsheet override --seen {one.name}`"
            )
            said.append(Warning(words, id="broadsheet.W041"))
        elif not one.was_seen:
            words = (
                f"OWN_DIR: {one.kind}/{one.name} stands in place of ours, and nobody has noted which one: "
                f"`broadsheet override --seen {one.name}` has its changes told from now on"
            )
            said.append(Warning(words, id="broadsheet.W042"))
    return said


def named(own: Own, name: str) -> Override | None:
    """What `name` overrides or could: a template before a static file, with the kind in front or without."""
    for kind in (TEMPLATES, STATIC):
        one = Override(own, kind, name.removeprefix(f"{kind}/"))
        if one.file.is_file() or one.original:
            return one
    return None
