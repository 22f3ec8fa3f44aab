"""How long pages take among 200,000 articles and 1,000,000 readers, on SQLite or, if told, on PostgreSQL.

The archive is made once, which takes a while, and kept in ``var/bench`` for later runs: delete that folder
to have it made anew, as after a change of migrations. ``ARTICLES=5000 READERS=10000 bin/bench archive`` is a
quick try with one of its own.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.reading import CLI, seeded
from broadsheet.platform.processes.progress import step
from harness import engines

ARTICLES = int(os.environ.get("ARTICLES", "200000"))
READERS = int(os.environ.get("READERS", "1000000"))
KEPT = Path(__file__).resolve().parent.parent / "var" / "bench"
QUERIES = {"front": 15, "article, new": 12, "article, old": 12}
"""Goals, and for CPU in milliseconds."""
CPU = {"front": 40.0, "article, new": 25.0, "article, old": 25.0}
WALL = 60.0
"""Milliseconds: the goal of searches."""
PAGES = 23


def _program(call: str) -> list[str]:
    return [*CLI, "shell", "--no-imports", "--command", call]


def measure(engine: str, database: str, folder: Path) -> list[dict[str, Any]]:
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
        make = f"import bench.many; bench.many.make({ARTICLES}, {READERS})"
        subprocess.run(_program(make), env=environment, check=True)
        made.touch()
    command = _program("import bench.cold; bench.cold.run()")
    found: list[dict[str, Any]] = []
    with (
        step(engine, PAGES, "pages", to=sys.stderr) as advance,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as measuring,
    ):
        for line in measuring.stdout or ():
            found.append(json.loads(line))
            advance(1)
    if measuring.returncode:
        raise subprocess.CalledProcessError(measuring.returncode, command)
    return found


def _said(value: float, goal: float | None) -> str:
    if goal is None:
        return f"{value:.0f}"
    said = f"{value:.0f} of {goal:.0f}"
    return said if value <= goal else f"[bold]{said}, missed[/bold]"


def show(engine: str, found: list[dict[str, Any]]) -> None:
    table = Table(title=f"{ARTICLES:,} articles on {engine}, rendered", title_justify="left")
    table.add_column("page")
    for heading in ("queries", "CPU ms", "median ms", "worst ms"):
        table.add_column(heading, justify="right")
    for page in found:
        what = page["what"]
        table.add_row(
            what,
            _said(page["queries"], QUERIES.get(what)),
            _said(page["cpu"], CPU.get(what)),
            _said(page["median"], WALL if what.startswith("search") else None),
            f"{page['worst']:.0f}",
        )
    Console().print(table)


def run(*, on_postgresql: bool = False) -> None:
    engine = "PostgreSQL" if on_postgresql else "SQLite"
    folder = KEPT / f"{ARTICLES}-{READERS}" / engine
    folder.mkdir(parents=True, exist_ok=True)
    if not on_postgresql:
        show(engine, measure(engine, f"sqlite:///{folder}/broadsheet.sqlite3", folder))
        return
    (folder / "cluster").mkdir(exist_ok=True)
    with engines.postgresql(folder / "cluster") as database:
        show(engine, measure(engine, database, folder))
