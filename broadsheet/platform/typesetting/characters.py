import unicodedata
from typing import Any

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def printable(copy: Any) -> Any:
    """`copy`, in whose texts each character that no font can have, and PDF/UA forbids, is a replacement."""
    if isinstance(copy, str):
        return "".join(map(_printable, copy))
    if isinstance(copy, dict):
        return {key: printable(value) for key, value in copy.items()}
    return [printable(value) for value in copy] if isinstance(copy, list) else copy


def _printable(character: str) -> str:
    if character.isspace():
        return character if unicodedata.category(character) == "Zs" else " "
    if unicodedata.category(character) in {"Cc", "Co", "Cs"} or character in "\ufeff\ufffe":
        return REPLACEMENT
    return character
