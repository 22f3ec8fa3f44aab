"""The name that a process goes by where others look: in `top` and `ps -o comm`, and in PostgreSQL's list."""

import ctypes
import sys

from django.db import connections

PR_SET_NAME = 15
"""https://man7.org/linux/man-pages/man2/PR_SET_NAME.2const.html"""
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def name_process(name: str) -> None:
    """For this process and the connections that it opens from now on."""
    if _libc is not None:
        _libc.prctl(PR_SET_NAME, name.encode())  # which keeps fifteen letters of it
    for connection in connections.all():
        if connection.vendor == "postgresql":
            connection.settings_dict["OPTIONS"]["application_name"] = f"broadsheet {name}"
