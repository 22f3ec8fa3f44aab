"""An issue to a million readers, on SQLite and, where it is installed, PostgreSQL.

It is put together, frozen, grouped by their mornings and handed over; then the desk is asked for its lists.

The goals: 60 seconds, no more memory than a tenth of them take, and 300 milliseconds for a list.
``READERS=20000 bin/bench newsletters`` tries it on fewer.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.databases import on_each
from broadsheet.platform.processes.progress import step

READERS = int(os.environ.get("READERS", "1000000"))
STAGES = 10


def measure(database: str, folder: Path) -> list[dict[str, Any]]:
    environment = os.environ | {"VAR_DIR": str(folder), "LOG_LEVEL": "ERROR", "DATABASE_URL": database}
    cli = [sys.executable, "-m", "broadsheet.cli"]
    subprocess.run([*cli, "prepare"], env=environment, check=True, stdout=subprocess.DEVNULL)
    command = [*cli, "shell", "--no-imports", "--command", f"import bench.issue; bench.issue.run({READERS})"]
    found: list[dict[str, Any]] = []
    with (
        step(database.partition(":")[0], STAGES, "steps", to=sys.stderr) as advance,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as measuring,
    ):
        for line in measuring.stdout or ():
            found.append(json.loads(line))
            advance(1)
    if measuring.returncode:
        raise subprocess.CalledProcessError(measuring.returncode, command)
    return found


def run() -> None:
    table = Table("step", "seconds", "megabytes", "goal", title="An issue to many", title_justify="left")
    for engine, found in on_each(measure).items():
        for stage in found:
            seconds = f"{stage['seconds']:.2f}"
            table.add_row(f"{engine}: {stage['what']}", seconds, f"{stage['megabytes']}", stage["goal"])
    Console().print(table)
