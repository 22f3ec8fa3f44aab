"""What the magazine is called, for rooms below the one that keeps its name."""

from collections.abc import Callable


def _unnamed() -> str:
    return ""


_read: Callable[[], str] = _unnamed


def named_by(read: Callable[[], str]) -> None:
    global _read
    _read = read


def title() -> str:
    return _read()
