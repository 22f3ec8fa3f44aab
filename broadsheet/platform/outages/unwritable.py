"""What says that a database can be read, and not written."""

import errno
import sqlite3
from collections.abc import Iterator

FULL = {errno.ENOSPC, errno.EDQUOT}
SQLITE_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE}
LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
PRIMARY = 0xFF
"""Of a result code the part that says what it is, without the details: https://sqlite.org/rescode.html"""
DISK_FULL = "53100"
"""The SQLSTATE for it: https://www.postgresql.org/docs/current/errcodes-appendix.html"""


def is_full(error: BaseException | None) -> bool:
    """Whether `error`, or what caused it, says that there is no room left on a disk."""
    return any(_says_so(cause) for cause in _causes(error))


def is_locked(error: BaseException | None) -> bool:
    """Whether `error`, or what caused it, says that another process kept SQLite's lock for too long."""
    codes = (getattr(cause, "sqlite_errorcode", 0) for cause in _causes(error))
    return any(code & PRIMARY in LOCKED for code in codes)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _says_so(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in FULL
    if getattr(error, "sqlite_errorcode", None) in SQLITE_FULL:
        return True
    return getattr(error, "sqlstate", None) == DISK_FULL
