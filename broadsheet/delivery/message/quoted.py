"""Text as quoted-printable (RFC 2045), in which nothing is left for a server to change.

No line begins with a dot or with “From ”, none ends in a space, and no two spaces stand together: so no dot
need be doubled, and the relaxed form of it that DKIM signs is the same bytes.
"""

import re

LINE = 73
"""Bytes of a line, so that its end, and what its first letter may become, find room within 76."""
SOFT_BREAK = b"=\r\n"

UNSAFE = re.compile(rb"[^!-<>-~ ]|\A | (?= |\Z)")
SAFE = re.compile(rb"[!-<>-~]+(?: [!-<>-~]+)*")


def quoted(line: str) -> bytes:
    """One line of text, without its end, as it may stand behind a soft break and before another."""
    data = line.encode(errors="replace")
    if not SAFE.fullmatch(data):
        data = UNSAFE.sub(lambda found: b"=%02X" % found[0][0], data)
    if len(data) <= LINE:
        return _guarded(data)
    lines = []
    while len(data) > LINE:
        cut = _cut(data)
        lines.append(_guarded(data[:cut]))
        data = data[cut:]
    return SOFT_BREAK.join([*lines, _guarded(data)])


def _cut(data: bytes) -> int:
    """Where a line may be broken: outside of escapes, and of the bytes of one character."""
    cut = LINE
    if data[cut - 1] == ord("="):
        cut -= 1
    elif data[cut - 2] == ord("="):
        cut -= 2
    while data[cut] == ord("=") and data[cut + 1] in b"89AB":
        cut -= 3
    return cut


def _guarded(line: bytes) -> bytes:
    if line.startswith((b".", b"From ")):
        return b"=%02X" % line[0] + line[1:]
    return line
