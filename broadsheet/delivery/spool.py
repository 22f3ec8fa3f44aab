"""The folder on this host's disk where journals lie, and who writes in it."""

import fcntl
import os
import re
import secrets
from pathlib import Path
from types import TracebackType
from typing import Self

from broadsheet.delivery.lease_log import LeaseLog

JOURNAL = re.compile(r"(?P<batch>\d+)-(?P<epoch>\d+)-(?P<holder>\w+)", re.ASCII)


class Spool:
    """Known by a name in a file of its own, since host names change and disks are moved."""

    def __init__(self, folder: Path) -> None:
        """Makes it on first use; raises OSError."""
        self.folder = folder
        self._journals, self._workers = folder / "journals", folder / "workers"
        for each in (self._journals, self._workers):
            each.mkdir(parents=True, exist_ok=True)
        name = folder / "name"
        if not name.exists():
            unfinished = folder / f".{secrets.token_hex(8)}"
            unfinished.write_text(secrets.token_hex(16))
            # Of two who begin at once, the first one's name stays.
            try:
                os.link(unfinished, name)
            except FileExistsError:
                pass
            finally:
                unfinished.unlink()
        self.name = name.read_text()
        self.lease_log = LeaseLog(folder / "leases")
        self.lease_log.forget_old()

    def journal(self, batch: int, epoch: int, holder: str) -> Path:
        return self._journals / f"{batch}-{epoch}-{holder}"

    def is_alive(self, holder: str) -> bool:
        """Whether the process that calls itself so still runs, or stands still."""
        try:
            file = os.open(self._workers / holder, os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(file)
        return False

    def orphans(self) -> list[tuple[Path, int, int]]:
        """Journals of workers that are gone, each with its batch and epoch."""
        found = []
        for path in self._journals.iterdir():
            # Systems leave files of their own everywhere.
            name = JOURNAL.fullmatch(path.name)
            if name and not self.is_alive(name["holder"]):
                found.append((path, int(name["batch"]), int(name["epoch"])))
        return found

    def drop_dead(self) -> None:
        """Forgets the workers that are gone."""
        for lock in self._workers.iterdir():
            if not self.is_alive(lock.name):
                lock.unlink(missing_ok=True)


class WorkerLock:
    """A worker's: while it has this, others see that it lives. The system ends it with the process."""

    def __init__(self, spool: Spool) -> None:
        self.holder = secrets.token_hex(8)
        self._path = spool.folder / "workers" / self.holder

    def __enter__(self) -> Self:
        # Locked aside and renamed, so that nobody finds it unlocked.
        unfinished = self._path.parent.parent / f".{self.holder}"
        self._file = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        unfinished.rename(self._path)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._path.unlink(missing_ok=True)
        os.close(self._file)
