"""A million recipients written, on SQLite and, where it is installed, PostgreSQL.

The goal: 15 seconds, and no more memory than a tenth of them take.
"""

import os
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.databases import on_each
from broadsheet.platform.processes.progress import step

RECIPIENTS = 1_000_000

# Run by the product's own Python, on the database that is measured. Prints seconds and the most megabytes
# of memory, for a tenth of them and for all.
MATERIALISE = """
import resource, time
from broadsheet.delivery.models import Addressee, Send

def addressees(count):
    for number in range(count):
        address = f"reader-{{number}}@mailboxes-{{number % 50}}.example"
        yield Addressee(address, str(number), {{"name": f"Reader {{number}}", "token": "t" * 40}})

for count in ({recipients} // 10, {recipients}):
    send, _new = Send.objects.freeze("bench", str(count))
    cohort = send.cohorts.create(message=b"")
    begun = time.monotonic()
    assert cohort.materialise(addressees(count)) == count
    seconds = time.monotonic() - begun
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, flush=True)
"""


def measure(database: str, folder: Path) -> list[list[str]]:
    environment = os.environ | {"VAR_DIR": str(folder), "LOG_LEVEL": "WARNING", "DATABASE_URL": database}
    cli = [sys.executable, "-m", "broadsheet.cli"]
    subprocess.run([*cli, "migrate", "--verbosity", "0"], env=environment, check=True)
    command = [*cli, "shell", "--no-imports", "--command", MATERIALISE.format(recipients=RECIPIENTS)]
    found = []
    with (
        step(database.partition(":")[0], 2, "runs", to=sys.stderr) as advance,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as measuring,
    ):
        for line in measuring.stdout or ():
            found.append(line.split())
            advance(1)
    if measuring.returncode:
        raise subprocess.CalledProcessError(measuring.returncode, command)
    return found


def run() -> None:
    table = Table("recipients", "seconds", "megabytes", title="Recipients materialised", title_justify="left")
    for engine, found in on_each(measure).items():
        for count, (seconds, megabytes) in zip((RECIPIENTS // 10, RECIPIENTS), found, strict=True):
            table.add_row(f"{engine}: {count:,}", f"{float(seconds):.1f}", megabytes)
    Console().print(table)
