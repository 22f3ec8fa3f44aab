"""Long work that one process does at a time, and that another takes up when that one has died."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from broadsheet.platform import clock
from broadsheet.platform.models import Lease
from broadsheet.platform.processes.scheduler import worker_id

TURN = timedelta(minutes=3)
"""How long nobody goes on with what a dead process of another host left. No batch takes longer."""


@contextmanager
def turn(name: str) -> Iterator[bool]:
    """Whether it is ours. `hold` renews it."""
    holder = worker_id()
    is_ours = hold(name)
    if not is_ours and _is_dead(held_by := Lease.objects.get(name=name).holder):
        Lease.objects.release(name, held_by)
        is_ours = hold(name)
    try:
        yield is_ours
    finally:
        if is_ours:
            Lease.objects.release(name, holder)


def hold(name: str) -> bool:
    return Lease.objects.hold(name, worker_id(), TURN)


def is_taken(name: str) -> bool:
    lease = Lease.objects.filter(name=name, expires_at__gt=clock.now()).exclude(holder="").first()
    return lease is not None and not _is_dead(lease.holder)


def _is_dead(holder: str) -> bool:
    """Whether it was a process of this host that is no more: then nobody need wait for its turn to end."""
    host, _colon, pid = holder.rpartition(":")
    if host != socket.gethostname() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return _has_ended(pid)


def _has_ended(pid: str) -> bool:
    """Whether nothing but its number is left of it, because whoever began it hasn't asked after it yet."""
    try:
        about = Path(f"/proc/{pid}/stat").read_text()
    except OSError:  # not Linux
        return False
    return about.rpartition(")")[2].split()[0] == "Z"
