"""How long readers wait for pages of evidence among 10,000 articles with 80,000 quotations, on each database.

Pages are rendered in one process, without a server, each time with nothing remembered but what the process
keeps; the reference is robots.txt. CPU is that of this process: on a busy machine it says more than the time
does, though it grows too where others use the core's caches.

The articles are made once and kept in ``var/bench`` for later runs: delete that folder to have them made
anew, as after a change of migrations.
"""

import os
import shutil
import subprocess
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.archive import KEPT
from bench.reading import CLI, ask_product, seeded
from harness import engines

ARTICLES = int(os.environ.get("ARTICLES", "10000"))
GOALS = {"speaker": 40, "speaker, page 2": 40, "topic": 40}
"""Milliseconds; of all others 50."""

type Times = dict[str, tuple[float, float, float, int]]

# Run by the product's own Python, on the demo's magazine.
FILL = f"import bench.evidence_fill; bench.evidence_fill.fill({ARTICLES})"
MEASURE = "import bench.evidence_pages; bench.evidence_pages.measure()"


def measure(database: str, folder: Path) -> Times:
    made = folder / "made"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "broadsheet.settings",
        "BROADSHEET_MODE": "demo",
        "LOG_LEVEL": "ERROR",
        "VAR_DIR": str(folder),
        "DATABASE_URL": database,
    }
    if not made.exists():
        seeded(database, folder)
        command = [*CLI, "shell", "--no-imports", "--command", FILL]
        subprocess.run(command, env=environment, check=True)
        made.touch()
    found: Times = ask_product(MEASURE, environment)
    return found


def run() -> None:
    measured = {}
    folder = KEPT / f"evidence-{ARTICLES}"
    on_sqlite, on_postgresql = folder / "SQLite", folder / "PostgreSQL"
    for made in (on_sqlite, on_postgresql):
        if made.exists() and not (made / "made").exists():
            shutil.rmtree(made)  # it was stopped halfway
    for needed in (on_sqlite, on_postgresql / "cluster"):
        needed.mkdir(parents=True, exist_ok=True)
    measured["SQLite"] = measure(f"sqlite:///{on_sqlite}/broadsheet.sqlite3", on_sqlite)
    if all(engines.find(program) for program in ("initdb", "postgres")):
        with engines.postgresql(on_postgresql / "cluster") as database:
            measured["PostgreSQL"] = measure(database, on_postgresql)
    table = Table(title=f"Evidence of {ARTICLES:,} articles, 8 quotations each", title_justify="left")
    for heading in ("page", "on", "median ms", "slowest ms", "CPU ms", "queries", "goal ms"):
        table.add_column(heading)
    for engine, found in measured.items():
        for name, (median, slowest, working, queries) in found.items():
            figures = (f"{median:.1f}", f"{slowest:.1f}", f"{working:.1f}", f"{queries:.0f}")
            table.add_row(name, engine, *figures, str(GOALS.get(name, 50)))
    Console().print(table)
