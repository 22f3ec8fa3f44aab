"""`broadsheet post`, killed again and again in the middle of a send, and the ledgers compared at the end.

The goal: nobody twice, nobody missed, and no more unknown than connections times kills.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table

from broadsheet.platform.processes.progress import step
from harness import engines

RECIPIENTS = 20_000
KILLS = 60
CONNECTIONS = 10
SEED = 19


def measure(database: str, folder: Path) -> tuple[str, ...]:
    from harness.killing import Sending
    from harness.smtp_server import serving

    sending, chance = Sending(folder, database, RECIPIENTS), Random(SEED)  # noqa: S311 (nothing secret)
    migrate = [sys.executable, "-m", "broadsheet.cli", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, env=sending.environment, check=True)
    begun, kills = time.monotonic(), 0
    engine = database.partition(":")[0]
    with serving(sending.ledger) as port, step(engine, KILLS, "kills", to=sys.stderr) as advance:
        while kills < KILLS:
            # While it begins, and after any number of messages: a line of the ledger has some 130 bytes.
            before, more = sending.taken(), chance.randrange(-2, 500) * 130
            began = time.monotonic()
            pause = 0.6 + chance.random() if more < 0 else 0.0
            if not sending.kill_when(
                port,
                lambda before=before, more=more, began=began, pause=pause: (
                    time.monotonic() > began + pause if pause else sending.taken() > before + more
                ),
            ):
                break
            kills += 1
            advance(1)
        sending.finish(port)
    verdict = sending.verdict()
    counts = (kills, len(verdict.twice), len(verdict.missed), verdict.unknown, verdict.submitted)
    return (*map(str, counts), f"{time.monotonic() - begun:.0f} s")


def run() -> None:
    # The rows are asked by this process's Django, which must know the database before it begins.
    table = Table("engine", "kills", "twice", "missed", "unknown", "submitted", "took")
    table.title = f"{RECIPIENTS:,} recipients, killed at random"
    has_postgresql = all(engines.find(program) for program in ("initdb", "postgres"))
    for engine in ("SQLite", "PostgreSQL") if has_postgresql else ("SQLite",):
        command = [sys.executable, "-c", "from bench.kills import one; one()", engine]
        answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        table.add_row(engine, *answer.stdout.strip().split("|"))
    Console().print(table)


def one() -> None:
    """In a process of its own: prints what was measured on the engine that is named."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "var").mkdir()
        if sys.argv[1] == "SQLite":
            _print_measured(f"sqlite:///{folder}/bench.sqlite3", folder / "var")
            return
        (folder / "postgresql").mkdir()
        with engines.postgresql(folder / "postgresql") as database:
            _print_measured(database, folder / "var")


def _print_measured(database: str, folder: Path) -> None:
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "broadsheet.settings",
        "DATABASE_URL": database,
        "VAR_DIR": str(folder),
    }
    import django

    django.setup()
    print("|".join(measure(database, folder)))  # noqa: T201
