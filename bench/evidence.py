"""How long readers wait for pages of evidence among 10,000 articles with 80,000 quotations, on each database.

Pages are rendered in one process, without a server, each time with nothing remembered but what the process
keeps; the reference is robots.txt. CPU is that of this process: on a busy machine it says more than the time
does, though it grows too where others use the core's caches.
"""

import os
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.databases import on_each
from bench.reading import ask_product, seeded
from broadsheet.platform.processes.progress import step

GOALS = {"speaker": 40, "speaker, page 2": 40, "topic": 40}
"""Milliseconds; of all others 50."""

# Run by the product's own Python, on the demo's magazine.
FILL = "from bench.evidence_fill import fill; fill()"
MEASURE = "from bench.evidence_fill import measure; measure()"


def run() -> None:
    articles = os.environ.get("ARTICLES", "10000")

    def measure(database: str, folder: Path) -> dict[str, list[float]]:
        environment = seeded(database, folder) | {"ARTICLES": articles}
        with step("Articles with evidence", 1, to=sys.stderr) as advance:
            ask_product(FILL, environment)
            advance(1)
        found: dict[str, list[float]] = ask_product(MEASURE, environment)
        return found

    table = Table(title=f"Evidence of {articles} articles, 8 quotations each", title_justify="left")
    for heading in ("page", "on", "median ms", "slowest ms", "CPU ms", "queries", "goal ms"):
        table.add_column(heading)
    for engine, found in on_each(measure).items():
        for name, (median, slowest, working, queries) in found.items():
            figures = (f"{median:.1f}", f"{slowest:.1f}", f"{working:.1f}", f"{queries:.0f}")
            table.add_row(name, engine, *figures, str(GOALS.get(name, 50)))
    Console().print(table)
