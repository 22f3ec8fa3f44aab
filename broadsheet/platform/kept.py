"""What is the same for all and seldom edited: each process reads it once, and again when it was edited.

An edit is seen at once by the process that made it, and within a second by all others; a transaction that
made one sees it before it is committed. What is kept is shared by all threads: nobody may change it, and rows
are handed out as copies. Money and whatever is spent are never kept.
"""

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterable
from datetime import timedelta
from math import inf
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save

from broadsheet.platform import clock
from broadsheet.platform.models import Invalidation

LONGEST = 60.0
"""Seconds that a value is kept. So late shows what no signal tells of: an edit by SQL."""
POLL_EVERY = 0.5
"""Seconds from one look for others' edits to the next."""
OVERLAP = timedelta(minutes=1)
"""How long after its `at` a row may be committed, and by how much the clocks of two hosts may differ."""
PREFIX = "kept:"


class Generations:
    """How often what bears a tag has been edited, as far as this process knows. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers: Counter[str] = Counter()
        self._known: set[int] = set()
        self.polled_at = -inf

    def of(self, tags: Iterable[str]) -> tuple[int, ...]:
        self._poll()
        return tuple(self._numbers[tag] for tag in tags)

    def advance(self, tags: Iterable[str]) -> None:
        with self._lock:
            self._numbers.update(tags)

    def _poll(self) -> None:
        began = time.monotonic()
        if began - self.polled_at < POLL_EVERY or not self._lock.acquire(blocking=False):
            return
        try:
            # What was edited before that is no longer kept by anybody.
            since = clock.now() - timedelta(seconds=LONGEST) - OVERLAP
            rows = Invalidation.objects.filter(at__gte=since, path__startswith=PREFIX)
            found = dict(rows.values_list("pk", "path"))
            self._numbers.update(
                {path.removeprefix(PREFIX) for pk, path in found.items() if pk not in self._known}
            )
            self._known = set(found)
            self.polled_at = began
        finally:
            self._lock.release()


generations = Generations()


class Kept[T]:
    """What `read` reads from the database, kept until something that bears one of `tags` is edited."""

    def __init__(self, read: Callable[[], T], *tags: str) -> None:
        self._read = read
        self._tags = tags
        self._stored: tuple[tuple[int, ...], float, T] | None = None
        everything.append(self)

    def __call__(self) -> T:
        if _is_edited_here(self._tags):
            return self._read()
        generation, now, stored = generations.of(self._tags), time.monotonic(), self._stored
        if stored and stored[0] == generation and now - stored[1] < LONGEST:
            return stored[2]
        # Its generation is that from before it was read: an edit in between has it read once more.
        value = self._read()
        self._stored = (generation, now, value)
        return value

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
        self._stored: OrderedDict[K, tuple[tuple[int, ...], float, T]] = OrderedDict()
        everything.append(self)

    def get(self, key: K, read: Callable[[], T | None]) -> T | None:
        if _is_edited_here(self._tags):
            return read()
        generation, now = generations.of(self._tags), time.monotonic()
        with self._lock:
            stored = self._stored.get(key)
            if stored and stored[0] == generation and now - stored[1] < LONGEST:
                self._stored.move_to_end(key)
                return stored[2]
        value = read()
        if value is not None:
            with self._lock:
                self._stored[key] = (generation, now, value)
                self._stored.move_to_end(key)
                if len(self._stored) > self._most:
                    self._stored.popitem(last=False)
        return value

    def forget(self) -> None:
        with self._lock:
            self._stored.clear()


everything: list[Kept[Any] | KeptByKey[Any, Any]] = []


def forget_everything() -> None:
    for kept in everything:
        kept.forget()


class _Edited:
    """What a transaction does when it is committed; as long as it stands among that, there was an edit."""

    def __init__(self, tags: Iterable[str]) -> None:
        self.tags = frozenset(tags)

    def __call__(self) -> None:
        generations.advance(self.tags)


def edited(*tags: str) -> None:
    """Tells every process that something which bears `tags` was edited."""
    if not _is_edited_here(tags, all_of_them=True):
        Invalidation.objects.bulk_create([Invalidation(path=f"{PREFIX}{tag}") for tag in tags])
        # Where there is no transaction, at once.
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
