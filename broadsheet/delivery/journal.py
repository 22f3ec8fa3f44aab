"""What one lease of a batch does, on this machine's disk: a record before each final dot, one behind it.

The rows learn of it only when the batch is settled. Should the process die before, the journal says who may
have the message (`Trace`), so that nobody gets it twice and nobody is forgotten.

Nothing is synced to the disk by each record. A record is written when the system has it, which no death of
the process takes back. A machine that loses power does: so a journal names the boot it was written in, and of
one from another boot nobody believes that what it does not say did not happen. That spares a sync for each
message, and costs, when the power fails, that all of the open batches who have no answer become unknown.
"""

import fcntl
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

MAGIC = b"broadsheet-post1"
HEADER = struct.Struct("<16sQQI40s")
"""Magic, size of the file, batch, epoch, boot; then a CRC-32, then the seal."""
CRC = struct.Struct("<I")
SEAL_AT = HEADER.size + CRC.size
RECORDS_AT = SEAL_AT + 1

RECORD = struct.Struct("<BqHH")
"""Before or after, the recipient, the length of what follows, a check of these; then that, then a CRC-32."""
BEFORE, AFTER = 1, 2
LONGEST = 512
"""Bytes of an answer that are kept."""
TRIES = 2
"""Records that a recipient can need in one lease, of each kind."""


class SealedError(Exception):
    """Recovery has read this journal and given its batch away: no dot may be sent any more."""


class UnreadableError(Exception):
    """Nobody can tell from this journal who may have the message."""


class Recorded(NamedTuple):
    """What became of one message: the name of its state, and the server's words."""

    state: str
    words: str


@dataclass
class Trace:
    """What is known of a lease whose worker is gone."""

    answers: dict[int, Recorded] = field(default_factory=dict)
    dotted: set[int] = field(default_factory=set)
    """Stood before their dot, and had no answer: they may have the message, or not."""
    is_whole: bool = True
    """False: the machine went down, so that others may have stood before their dot as well."""


class Journal:
    """Of one lease. Written by its worker alone; from another process, `seal` ends it."""

    def __init__(self, path: Path, batch: int, epoch: int, recipients: int) -> None:
        """Makes the file, with all the room that it can need: a full disk says so here, before any message.

        Raises OSError.
        """
        self.path = path
        size = RECORDS_AT + TRIES * recipients * (2 * (RECORD.size + CRC.size) + LONGEST)
        header = HEADER.pack(MAGIC, size, batch, epoch, boot_id())
        start = header + CRC.pack(zlib.crc32(header))
        self._at = RECORDS_AT
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            _write(self._file, start.ljust(size, b"\0"), 0)
        except OSError:
            self.discard()
            raise

    def before(self, recipient: int) -> None:
        """Raises SealedError, or OSError; the dot must not be sent then."""
        self._append(BEFORE, recipient, b"")

    def after(self, recipient: int, said: Recorded) -> None:
        """Raises SealedError, or OSError."""
        words = f"{said.state}\0{said.words}".encode(errors="replace")[:LONGEST]
        self._append(AFTER, recipient, words)

    def _append(self, kind: int, recipient: int, words: bytes) -> None:
        record = RECORD.pack(kind, recipient, len(words), _check(kind, recipient, len(words))) + words
        record += CRC.pack(zlib.crc32(record))
        with _locked(self._file):
            # Under the same lock as recovery's reading: what it has not read is not written after it.
            if os.pread(self._file, 1, SEAL_AT) != b"\0":
                raise SealedError(self.path.name)
            _write(self._file, record, self._at)
        # Only now: over a record that was cut short the next one is written.
        self._at += len(record)

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def discard(self) -> None:
        """When the rows have all that it says."""
        self.close()
        self.path.unlink(missing_ok=True)


def seal(path: Path, batch: int, epoch: int) -> Trace:
    """Ends the journal of another worker's lease and tells what is in it; may be asked again.

    Raises UnreadableError.
    """
    try:
        file = os.open(path, os.O_RDWR)
    except OSError as error:
        raise UnreadableError(f"The journal can’t be opened: {error.strerror}.") from error
    try:
        with _locked(file):
            content = _read(file)
            written_in = _check_header(content, batch, epoch)
            _write(file, b"\1", SEAL_AT)
            trace = _trace(content)
    except OSError as error:
        raise UnreadableError(f"The journal can’t be read: {error.strerror}.") from error
    finally:
        os.close(file)
    trace.is_whole = written_in == boot_id() != b""
    return trace


def _check_header(content: bytes, batch: int, epoch: int) -> bytes:
    """The boot in which it was written."""
    if len(content) < RECORDS_AT:
        raise UnreadableError("The journal is cut short.")
    magic, size, its_batch, its_epoch, written_in = HEADER.unpack_from(content)
    if magic != MAGIC or CRC.unpack_from(content, HEADER.size)[0] != zlib.crc32(content[: HEADER.size]):
        raise UnreadableError("The journal’s beginning is damaged.")
    if (its_batch, its_epoch) != (batch, epoch):
        raise UnreadableError("The journal is another lease’s.")
    if len(content) != size:
        raise UnreadableError("The journal is cut short.")
    return written_in.rstrip(b"\0")


def _trace(content: bytes) -> Trace:
    trace, at = Trace(), RECORDS_AT
    while (record := _record(content, at)) is not None:
        kind, recipient, words = record
        if kind == BEFORE:
            # A second try within the lease: what the first one was answered does not count any more.
            trace.answers.pop(recipient, None)
            trace.dotted.add(recipient)
        else:
            state, _, said = words.decode(errors="replace").partition("\0")
            trace.answers[recipient] = Recorded(state, said)
            trace.dotted.discard(recipient)
        at += RECORD.size + len(words) + CRC.size
    # The last record may have been cut short by the worker's death: then its dot was not sent.
    if not _is_cut_short(content[at:].rstrip(b"\0")):
        raise UnreadableError("The journal is damaged in the middle.")
    return trace


def _is_cut_short(rest: bytes) -> bool:
    if len(rest) < RECORD.size:
        return True
    kind, recipient, length, check = RECORD.unpack_from(rest)
    return check == _check(kind, recipient, length) and len(rest) < RECORD.size + length + CRC.size


def _check(kind: int, recipient: int, length: int) -> int:
    # Else a damaged length would pass for that of a record which was cut short, and hide those behind it.
    return zlib.crc32(b"%d %d %d" % (kind, recipient, length)) & 0xFFFF


def _record(content: bytes, at: int) -> tuple[int, int, bytes] | None:
    if len(content) < at + RECORD.size + CRC.size or content[at] not in {BEFORE, AFTER}:
        return None
    kind, recipient, length, _its_check = RECORD.unpack_from(content, at)
    end = at + RECORD.size + length
    if length > LONGEST or len(content) < end + CRC.size:
        return None
    if CRC.unpack_from(content, end)[0] != zlib.crc32(content[at:end]):
        return None
    return kind, recipient, content[at + RECORD.size : end]


def boot_id() -> bytes:
    """The time for which this machine has been running, by a name; empty where the system has none for it."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_bytes().strip()
    except OSError:
        return b""


@contextmanager
def _locked(file: int) -> Iterator[None]:
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def _read(file: int) -> bytes:
    return os.pread(file, os.fstat(file).st_size, 0)


def _write(file: int, content: bytes, at: int) -> None:
    """All of it, or OSError: a full disk may take a part first."""
    while content:
        written = os.pwrite(file, content, at)
        content, at = content[written:], at + written
