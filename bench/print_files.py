"""The file of a fulfilment house: 100,000 subscribers to the paper checked and applied, on each database.

One in four has the address of a reader, as it is where most people read on paper alone. Then the same file
again, which changes nothing, and one with a tenth fewer lines, which ends those who are gone.
"""

import os
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.databases import on_each
from broadsheet.platform.processes.progress import step

LINES = int(os.environ.get("SUBSCRIBERS", "100000"))
GOAL = 60
"""Seconds for a file to be checked and applied."""
FILES = ("all of them new", "the same again", "a tenth is gone")

# Run by the product's own Python, on the database that is measured. Prints a line of seconds for each chunk
# that is done, and one for each file.
APPLY = """
import time
from broadsheet.membership.fulfilment import applying
from broadsheet.membership.models import Entitlement, FulfilmentHouse, HouseFile, PrintSubscriber
from broadsheet.people.models import Person

LINES = {lines}
Person.objects.bulk_create(
    (Person(email=f"reader-{{n}}@mailboxes-{{n % 50}}.example", password="!") for n in range(0, LINES, 4)),
    batch_size=1000,
)
house = FulfilmentHouse.objects.create(name="Bench", edition="en-us", delimiter=";")

def text(count):
    rows = (
        f"A-{{n:07}};HT{{n % 90}} 4ME;reader-{{n}}@mailboxes-{{n % 50}}.example;Reader {{n}};31.12.2099"
        for n in range(count)
    )
    return "\\r\\n".join(["Abo-Nr.;PLZ;E-Mail;Name;bezahlt bis", *rows, ""]).encode("cp1252")

for count in (LINES, LINES, LINES * 9 // 10):
    begun = time.monotonic()
    file = HouseFile.objects.take(house, "bench.csv", text(count), None)
    applying.check(file, lambda done: print("done", done, flush=True))
    checked = time.monotonic()
    applying.begin(file, ends=file.gone or None)
    applying.apply(file, lambda done: print("done", done, flush=True))
    assert file.state == HouseFile.State.APPLIED and not file.faults, file.fault
    print("file", checked - begun, time.monotonic() - checked, flush=True)
assert PrintSubscriber.objects.live().count() == LINES * 9 // 10
assert Entitlement.objects.live().count() == len(range(0, LINES * 9 // 10, 4))
"""


def measure(database: str, folder: Path) -> list[tuple[float, float]]:
    environment = os.environ | {"VAR_DIR": str(folder), "LOG_LEVEL": "WARNING", "DATABASE_URL": database}
    cli = [sys.executable, "-m", "broadsheet.cli"]
    subprocess.run([*cli, "migrate", "--verbosity", "0"], env=environment, check=True)
    command = [*cli, "shell", "--no-imports", "--command", APPLY.format(lines=LINES)]
    found = []
    lines = 2 * (LINES + LINES + LINES * 9 // 10)
    with (
        step(database.partition(":")[0], lines, "lines", to=sys.stderr) as advance,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as measuring,
    ):
        for line in measuring.stdout or ():
            what, *numbers = line.split()
            if what == "file":
                found.append((float(numbers[0]), float(numbers[1])))
            else:
                advance(int(numbers[0]))
    if measuring.returncode:
        raise subprocess.CalledProcessError(measuring.returncode, command)
    return found


def run() -> None:
    table = Table(
        "a file", "checked", "applied", "in all", "goal", title=f"{LINES:,} print subscribers, in seconds"
    )
    for engine, found in on_each(measure).items():
        for what, (check, apply) in zip(FILES, found, strict=True):
            sums = (f"{seconds:.1f}" for seconds in (check, apply, check + apply))
            table.add_row(f"{engine}: {what}", *sums, f"{GOAL}")
    Console().print(table)
