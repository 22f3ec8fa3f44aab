"""PostgreSQL and Redis for one run of the tests, thrown away afterwards.

``python -m harness.engines --check`` says whether the programs are here; with a command in place of
``--check`` it starts both on free ports, in a folder of their own, and runs that with ``DATABASE_URL`` and
``REDIS_URL`` set. Where both are set already, those servers are used.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import redis

from harness.ports import free_port

SECONDS_TO_START = 30


def find(program: str) -> str | None:
    """On the PATH, or where Debian hides PostgreSQL's own programs."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    return shutil.which(program) or (str(found[-1]) if found else None)


def missing() -> list[str]:
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return []
    return [program for program in ("initdb", "postgres", "redis-server") if not find(program)]


@contextmanager
def postgresql(folder: Path, port: int | None = None) -> Iterator[str]:
    """Its data stand in `folder`; where they stood before, they are what they were."""
    # PostgreSQL refuses to run as root; its package made a user for it.
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    data, port = folder / "data", port or free_port()
    is_new = not data.exists()
    if is_new:
        subprocess.run(
            [find("initdb") or "", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"],
            check=True,
            stdout=subprocess.DEVNULL,
            user=user,
            cwd=folder,
        )
    options = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": folder,
        # It lives for one run: what a power cut would lose is lost anyway.
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": 200,
        "logging_collector": "off",
    }
    command = [find("postgres") or "", "-D", str(data)]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, user=user, cwd=folder)
    with _stopping(server, signal.SIGINT):
        address = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        _await(lambda: psycopg.connect(address, connect_timeout=2).close(), psycopg.OperationalError)
        if is_new:
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute("CREATE DATABASE broadsheet")
        yield f"postgresql://postgres@127.0.0.1:{port}/broadsheet"


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    port = free_port()
    command = [find("redis-server") or "", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    command += ["--save", "", "--appendonly", "no", "--databases", "64"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    with _stopping(server, signal.SIGTERM):
        address = f"redis://127.0.0.1:{port}"
        _await(lambda: redis.Redis.from_url(address).ping(), redis.ConnectionError)
        yield address


@contextmanager
def _stopping(server: subprocess.Popen[bytes], how: signal.Signals) -> Iterator[None]:
    try:
        yield
    finally:
        server.send_signal(how)
        server.wait(30)


def _await(ask: Callable[[], object], not_yet: type[Exception]) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            ask()
            return
        except not_yet:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def run(command: list[str]) -> int:
    with ExitStack() as stack:
        environment = dict(os.environ)
        if not (environment.get("DATABASE_URL") and environment.get("REDIS_URL")):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="broadsheet-engines-")))
            folder.chmod(0o755)
            for name in ("postgresql", "redis"):
                (folder / name).mkdir()
            environment["DATABASE_URL"] = stack.enter_context(postgresql(folder / "postgresql"))
            environment["REDIS_URL"] = stack.enter_context(redis_server(folder / "redis"))
        # The workers' databases are copies of this one: see tests/settings.py.
        migrate = [sys.executable, "-m", "broadsheet.cli", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, env=environment, check=True)
        return subprocess.run(command, env=environment, check=False).returncode


def main() -> int:
    if lacking := missing():
        sys.stderr.write(f"not found: {', '.join(lacking)}\n")
        return 1
    return 0 if sys.argv[1:] == ["--check"] else run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
