"""What a small host needs: processor time to prepare, seconds until a page is there, memory when idle.

The memory is the proportional set size, in which what processes share counts once: `smaps_rollup` of
https://man7.org/linux/man-pages/man5/proc_pid_smaps.5.html
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from broadsheet.platform.processes.empty_database import FOLDER
from harness.serving import Serving

SECONDS_TO_SETTLE = 10


def prepare(serving: Serving, part: str) -> float:
    """Seconds of the processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "broadsheet.cli", "prepare", part],
        env=serving.environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def proportional_megabytes(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def name_of(pid: int, first: int) -> str:
    command = Path(f"/proc/{pid}/cmdline").read_text()
    if pid == first:
        return "serve"
    if "edge.front" in command:
        return "front"
    said = Path(f"/proc/{pid}/comm").read_text().strip()
    return "Django, loaded" if said.startswith("python") else said


def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        serving = Serving(
            Path(folder),
            f"sqlite:///{folder}/bench.sqlite3",
            BROADSHEET_MODE="demo",
            LOG_LEVEL="WARNING",
            SMTP_URL="smtp://127.0.0.1:9?tls=no",
        )
        kept = set(FOLDER.glob("*.sqlite3"))
        migrated = prepare(serving, "--release")
        copied = prepare(serving, "--database-only")
        for made in set(FOLDER.glob("*.sqlite3")) - kept:
            made.unlink()
        began = time.monotonic()
        serving.start()
        ready = time.monotonic() - began
        time.sleep(SECONDS_TO_SETTLE)
        each = {pid: proportional_megabytes(pid) for pid in sorted(serving.family())}
        table = Table(title=f"A host on SQLite with one front; {os.cpu_count()} cores", title_justify="left")
        for heading in ("what", "measured", "goal"):
            table.add_column(heading, justify="left" if heading == "what" else "right")
        table.add_row("prepare --release, seconds of the processor", f"{migrated:.1f}", "")
        table.add_row("an empty database copied from that", f"{copied:.1f}", "3")
        table.add_row("ready, seconds", f"{ready:.1f}", "3")
        for pid, megabytes in each.items():
            table.add_row(f"  {name_of(pid, serving.process.pid)}, MB", f"{megabytes:.0f}", "")
        table.add_row("memory when idle, MB", f"{sum(each.values()):.0f}", "450")
        serving.stop()
    Console().print(table)
