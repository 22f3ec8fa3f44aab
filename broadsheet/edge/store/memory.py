"""Pages in one process's memory, bounded in bytes. Plain Python."""

import threading
from collections import OrderedDict

from broadsheet.edge.store.page import StoredPage
from broadsheet.platform.http.rendition import Rendition

type Key = tuple[str, Rendition]


class MemoryStore:
    """At most `most` bytes; the least recently found are dropped first. Safe for threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._pages: OrderedDict[Key, StoredPage] = OrderedDict()
        self._lock = threading.Lock()
        self.size = 0

    def __len__(self) -> int:
        return len(self._pages)

    def keep(self, page: StoredPage) -> None:
        if page.size > self._most:
            return
        with self._lock:
            self._drop(page.key)
            self._pages[page.key] = page
            self.size += page.size
            while self.size > self._most:
                self._drop(next(iter(self._pages)))

    def find(self, path: str, rendition: Rendition) -> StoredPage | None:
        key = path, rendition
        with self._lock:
            found = self._pages.get(key)
            if found is not None:
                self._pages.move_to_end(key)
            return found

    def forget(self, path: str) -> None:
        """All of its renditions."""
        with self._lock:
            for key in [key for key in self._pages if key[0] == path]:
                self._drop(key)

    def drop(self, page: StoredPage) -> None:
        with self._lock:
            if self._pages.get(page.key) is page:
                self._drop(page.key)

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self.size = 0

    def _drop(self, key: Key) -> None:
        if page := self._pages.pop(key, None):
            self.size -= page.size
