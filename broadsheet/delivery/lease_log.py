"""Which leases this host has given, kept on its disk and apart from the database.

A database that was restored from a backup has forgotten what was sent since. A batch of which the disk knows
a lease that the rows don't was sent then, and must not be sent again by itself.
"""

import errno
import os
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet.platform import clock

if TYPE_CHECKING:
    from broadsheet.delivery.models import Batch

RECORD = struct.Struct("<QqI12x")
"""Batch, when its send was frozen, in microseconds, and epoch.

After a restore the numbers of batches are given anew; moments are not. Its
size divides a disk's blocks: where one is full, no record is written in part.
"""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KEPT_MONTHS = 3
"""The present one among them. A backup older than that is not noticed."""


class LeaseLog:
    """Written by every worker of a spool, each record in one piece, and read by each as it grows."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError."""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._known: dict[tuple[int, int], int] = {}
        self._read: dict[Path, int] = {}

    def record(self, batch: "Batch") -> None:
        """Before anything of this lease is sent. Raises OSError."""
        record = RECORD.pack(batch.pk, _moment(batch), batch.epoch)
        file = os.open(self._folder / f"{clock.now():%Y-%m}", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if os.write(file, record) != len(record):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._folder))
        finally:
            os.close(file)

    def last_epoch(self, batch: "Batch") -> int:
        """The epoch of its last lease here; more than its row's, where the rows are older. Raises OSError."""
        self._catch_up()
        return self._known.get((batch.pk, _moment(batch)), 0)

    def _catch_up(self) -> None:
        for path in sorted(self._folder.iterdir()):
            read = self._read.get(path, 0)
            size = path.stat().st_size // RECORD.size * RECORD.size
            if size > read:
                with path.open("rb") as file:
                    file.seek(read)
                    for batch, moment, epoch in RECORD.iter_unpack(file.read(size - read)):
                        self._known[batch, moment] = max(epoch, self._known.get((batch, moment), 0))
                self._read[path] = size

    def forget_old(self) -> None:
        months = sorted(path.name for path in self._folder.iterdir())
        for name in months[:-KEPT_MONTHS]:
            (self._folder / name).unlink(missing_ok=True)


def _moment(batch: "Batch") -> int:
    return (batch.send.frozen_at - EPOCH) // timedelta(microseconds=1)
