"""A folder of one's own, with templates, static files and Django apps that upgrades leave alone."""

import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from broadsheet.environment.malformed import Malformed


@dataclass(frozen=True, slots=True)
class Own:
    folder: Path
    apps: tuple[str, ...]
    """The names of its Django apps: folders with an ``apps.py``."""

    @classmethod
    def at(cls, raw: str, root: Path) -> "Own":
        """What is in the folder, below `root` unless absolute; raises Malformed."""
        folder = root / raw
        if not folder.is_dir():
            raise Malformed("there is no such folder")
        return cls(folder, tuple(sorted(file.parent.name for file in folder.glob("*/apps.py"))))

    @property
    def templates(self) -> Path:
        return self.folder / "templates"

    @property
    def static(self) -> Path:
        return self.folder / "static"

    @property
    def originals(self) -> Path:
        """Of what it overrides: copies as they were when somebody last looked."""
        return self.folder / "originals"

    def make_importable(self) -> None:
        """Behind all else, so that nothing of ours or of Python’s is replaced; raises Malformed."""
        if str(self.folder) not in sys.path:
            sys.path.append(str(self.folder))
        for app in self.apps:
            found = find_spec(app) if app.isidentifier() else None
            where = next(iter(found.submodule_search_locations or []), "") if found else ""
            if Path(where).resolve() != (self.folder / app).resolve():
                raise Malformed(f"the app {app} needs another name: that is no module’s, or another one’s")

    def modules(self, name: str) -> list[str]:
        """`name` of each app that has it: ``house.blocks``."""
        return [f"{app}.{name}" for app in self.apps if (self.folder / app / f"{name}.py").is_file()]
