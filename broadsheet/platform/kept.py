"""What is the same for all and seldom edited: each process reads it once, and again when it was edited.

An edit is seen at once by the process that made it, and within a second by all others; a transaction that
made one sees it before it is committed. What is kept is shared by all threads: nobody may change it, and rows
are handed out as copies. Money and whatever is spent are never kept.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save

from broadsheet.platform.generations import Generation, made_of
from broadsheet.platform.invalidation import invalidate, known

LONGEST = 60.0
"""Seconds that a value is kept. So late shows what no signal tells of: an edit by SQL."""
LOOK_EVERY = 0.5
"""Seconds from one look for others' edits to the next."""
PREFIX = "kept:"
"""Of these tags among those of pages and people: see `platform.generations`."""


def _generation(tags: Iterable[str]) -> dict[str, Generation]:
    known.refresh(older_than=LOOK_EVERY)
    return made_of([PREFIX + tag for tag in tags], known.generations.now)


class Kept[T]:
    """What `read` reads from the database, kept until something that bears one of `tags` is edited."""

    def __init__(self, read: Callable[[], T], *tags: str) -> None:
        self._read = read
        self._tags = tags
        self._stored: tuple[dict[str, Generation], float, T] | None = None
        everything.append(self)

    def __call__(self) -> T:
        if _is_edited_here(self._tags):
            return self._read()
        generation, now, stored = _generation(self._tags), time.monotonic(), self._stored
        if stored and stored[0] == generation and now - stored[1] < LONGEST:
            return stored[2]
        # Its generation is that from before it was read: an edit in between has it read once more.
        value = self._read()
        self._stored = (generation, now, value)
        return value

    @property
    def last(self) -> T | None:
        """What was kept last, however old that is. It asks no database."""
        stored = self._stored
        return stored[2] if stored else None

    def forget(self) -> None:
        self._stored = None


class KeptByKey[K: Hashable, T]:
    """As `Kept`, of many things by their keys: at most `most`, and those that were asked for last.

    None, for what there isn't, is not kept, so that whoever asks for it fills nothing.
    """

    def __init__(self, *tags: str, most: int) -> None:
        self._tags = tags
        self._most = most
        self._lock = threading.Lock()
        self._stored: OrderedDict[K, tuple[dict[str, Generation], float, T]] = OrderedDict()
        everything.append(self)

    def get(self, key: K, read: Callable[[], T | None]) -> T | None:
        if _is_edited_here(self._tags):
            return read()
        generation, now = _generation(self._tags), time.monotonic()
        with self._lock:
            stored = self._stored.get(key)
            if stored and stored[0] == generation and now - stored[1] < LONGEST:
                self._stored.move_to_end(key)
                return stored[2]
        value = read()
        if value is not None:
            self._keep(key, generation, now, value)
        return value

    def get_all(self, keys: Iterable[K], read: Callable[[list[K]], dict[K, T]]) -> dict[K, T]:
        """Those of `keys` that there are; `read` is asked at once for all that aren't kept."""
        keys = list(keys)
        if _is_edited_here(self._tags):
            return read(keys)
        generation, now = _generation(self._tags), time.monotonic()
        found: dict[K, T] = {}
        with self._lock:
            for key in keys:
                stored = self._stored.get(key)
                if stored and stored[0] == generation and now - stored[1] < LONGEST:
                    self._stored.move_to_end(key)
                    found[key] = stored[2]
        if missing := [key for key in keys if key not in found]:
            for key, value in read(missing).items():
                self._keep(key, generation, now, value)
                found[key] = value
        return found

    def _keep(self, key: K, generation: dict[str, Generation], now: float, value: T) -> None:
        with self._lock:
            self._stored[key] = (generation, now, value)
            self._stored.move_to_end(key)
            if len(self._stored) > self._most:
                self._stored.popitem(last=False)

    def forget(self) -> None:
        with self._lock:
            self._stored.clear()


everything: list[Kept[Any] | KeptByKey[Any, Any]] = []


def forget_everything() -> None:
    for kept in everything:
        kept.forget()


class _Edited:
    """As long as it stands among what a transaction does when it is committed, there was an edit."""

    def __init__(self, tags: Iterable[str]) -> None:
        self.tags = frozenset(tags)

    def __call__(self) -> None:
        """What is to be done then, `invalidate` does."""


def edited(*tags: str) -> None:
    """Tells every process that something which bears `tags` was edited."""
    if not _is_edited_here(tags, all_of_them=True):
        invalidate(PREFIX + tag for tag in tags)
        transaction.on_commit(_Edited(tags))


def _is_edited_here(tags: Iterable[str], *, all_of_them: bool = False) -> bool:
    """Whether the transaction that runs has edited it."""
    connection = transaction.get_connection()
    if not connection.in_atomic_block:
        return False
    # Django takes back what stood in a savepoint that is rolled back.
    callbacks = (callback for _ids, callback, _is_robust in connection.run_on_commit)
    marks = [callback.tags for callback in callbacks if isinstance(callback, _Edited)]
    seen = frozenset().union(*marks)
    return seen.issuperset(tags) if all_of_them else not seen.isdisjoint(tags)


class KeptQuerySet[M: models.Model](models.QuerySet[M]):
    """Has changes of many rows, of which Django sends no signal, count as edits of what bears `tag`."""

    tag: ClassVar[str]

    def update(self, **changes: Any) -> int:
        number = super().update(**changes)
        edited(self.tag)
        return number

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[M]:
        made = super().bulk_create(*args, **kwargs)
        edited(self.tag)
        return made


def watch(tag: str, *senders: type[models.Model]) -> None:
    """Has each row of `senders` that is saved or deleted count as an edit of what bears `tag`.

    A sender may be the `through` of a relation as well.
    """

    def note(**kwargs: Any) -> None:
        edited(tag)

    for sender in senders:
        for signal in (post_save, post_delete, m2m_changed):
            signal.connect(note, sender=sender, weak=False, dispatch_uid=f"kept.{tag}.{sender._meta.label}")
