"""Rows of Ghost’s tables, of which an export that somebody edited may hold anything."""

from typing import Any

type Row = dict[str, Any]


def said(row: Row, name: str) -> str:
    value = row.get(name)
    return value.strip() if isinstance(value, str) else ""


def number(row: Row, name: str) -> int:
    value = row.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
