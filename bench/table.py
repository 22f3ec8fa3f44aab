"""How a benchmark prints what it measured."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table


def show(title: str, reference: str, rows: Iterable[tuple[str, float, float, str]]) -> None:
    """`rows` hold what was measured, its rate a second, its ratio to `reference`, and the goal, if any."""
    table = Table(title=title, title_justify="left")
    table.add_column("what")
    for heading in ("a second", f"of {reference}", "goal"):
        table.add_column(heading, justify="right")
    for what, rate, ratio, goal in rows:
        table.add_row(what, f"{rate:,.0f}", f"{ratio:.2f}", goal)
    Console().print(table)
