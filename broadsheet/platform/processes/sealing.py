"""A folder as one file that only the holder of a key can read: tar within age (https://age-encryption.org/v1).

The host that makes backups needs the public half alone, so whoever breaks into it can read none of them.
"""

import os
import tarfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

import pyrage

from broadsheet.environment.malformed import Malformed

ENDING = ".tar.age"


class Unreadable(Exception):
    """It is another key's, is damaged, or is not whole."""


def recipient(raw: str) -> str:
    """The public half of a key, as age writes it; raises Malformed."""
    try:
        return str(pyrage.x25519.Recipient.from_str(raw))
    except pyrage.RecipientError:
        raise Malformed("it is no public key of age, which begins with age1") from None


def make_key(path: Path) -> str:
    """Writes a new secret key into a file that was not there, and gives its public half; raises OSError."""
    made = pyrage.x25519.Identity.generate()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"# public key: {made.to_public()}\n{made}\n")
    return str(made.to_public())


def seal(folder: Path, sealed: Path, recipients: list[str]) -> None:
    """Raises OSError."""

    def write(out: IO[bytes]) -> None:
        with tarfile.open(fileobj=out, mode="w|") as tar:
            tar.add(folder, arcname="")

    to = [pyrage.x25519.Recipient.from_str(each) for each in recipients]
    with sealed.open("xb") as file:
        _through_pipe(write, lambda source: pyrage.encrypt_io(source, file, to))
        os.fsync(file.fileno())


def open_sealed(sealed: Path, folder: Path, key: Path) -> None:
    """Raises Unreadable, OSError; then `folder` holds a part of it at most."""
    lines = [line.strip() for line in key.read_text().splitlines()]
    try:
        identities = [pyrage.x25519.Identity.from_str(line) for line in lines if line and line[0] != "#"]
    except pyrage.IdentityError:
        identities = []
    if not identities:
        raise Unreadable(f"{key} holds no secret key of age, which begins with AGE-SECRET-KEY-1")

    def decrypt(out: IO[bytes]) -> None:
        with sealed.open("rb") as file:
            pyrage.decrypt_io(file, out, identities)

    def extract(source: IO[bytes]) -> None:
        with tarfile.open(fileobj=source, mode="r|") as tar:
            tar.extractall(folder, filter="data")
        while source.read(1 << 20):  # to the end: only then is it known that nothing is missing
            pass

    try:
        _through_pipe(decrypt, extract)
    except (pyrage.DecryptError, tarfile.TarError, OSError) as error:
        said = str(error) or type(error).__name__
        raise Unreadable(f"{sealed} can’t be read with {key}, or is damaged: {said}") from error


def _through_pipe(write: Callable[[IO[bytes]], object], read: Callable[[IO[bytes]], object]) -> None:
    """Both at once, a thread for who writes; raises what that raised, else what the reader did."""
    receives, sends = os.pipe()
    failed: list[Exception] = []

    def writing() -> None:
        try:
            with os.fdopen(sends, "wb") as out:
                write(out)
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=writing)
    with os.fdopen(receives, "rb") as source:
        thread.start()
        try:
            read(source)
        except Exception as error:
            failed.append(error)
            with suppress(OSError):
                while source.read(1 << 20):  # else the writer would wait for ever
                    pass
        thread.join()
    if failed:
        raise failed[-1] if isinstance(failed[-1], pyrage.DecryptError) else failed[0]
