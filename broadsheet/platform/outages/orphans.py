"""No process outlives the one that looks after it, even if that is killed. Linux alone can do this."""

import ctypes
import signal
import sys

PR_SET_PDEATHSIG = 1
"""https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html"""
# Loaded here, since nothing should be between fork and exec.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent(how: signal.Signals = signal.SIGTERM) -> None:
    """From now on this process gets `how` when the thread that started it ends, through exec too."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, how)
