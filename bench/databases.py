import tempfile
from collections.abc import Callable
from pathlib import Path

from harness import engines


def on_each[T](measure: Callable[[str, Path], T], *, only_postgresql: bool = False) -> dict[str, T]:
    """What `measure` finds, by the name of the engine: on SQLite, and on PostgreSQL where it is installed.

    It is given the address of an empty database, and a folder for whatever else it needs.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        for engine in ("SQLite", "PostgreSQL"):
            (folder / engine).mkdir()
        measured = {}
        if not only_postgresql:
            measured["SQLite"] = measure(f"sqlite:///{folder}/bench.sqlite3", folder)
        if all(engines.find(program) for program in ("initdb", "postgres")):
            with engines.postgresql(folder / "PostgreSQL") as database:
                measured["PostgreSQL"] = measure(database, folder)
    return measured
