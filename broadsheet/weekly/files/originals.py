"""Originals of pictures as files of this machine, wherever uploads are kept."""

import shutil
from pathlib import Path

from django.core.files.storage import default_storage

from broadsheet.weekly.content import Image


class Originals:
    """Fetches what a bucket holds into `folder`, each picture once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, Path] = {}

    def __call__(self, image: Image) -> Path:
        """Raises FileNotFoundError."""
        name = str(image.path)
        if name not in self._known:
            self._known[name] = self._found(name)
        return self._known[name]

    def _found(self, name: str) -> Path:
        try:
            path = Path(default_storage.path(name))
        except NotImplementedError:
            path = self._folder / f"{len(self._known)}{Path(name).suffix}"
            with default_storage.open(name) as source, path.open("wb") as target:
                shutil.copyfileobj(source, target)
        if not path.is_file():
            raise FileNotFoundError(name)
        return path
