"""A command while another process writes to the database."""

import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection, connections


def test_checks_need_no_turn_at_writing(tmp_path: Path) -> None:
    """Else they take a database that is being written to for one that can't hold JSON."""
    if connection.vendor != "sqlite":
        return
    file = tmp_path / "busy.sqlite3"
    busy = connections.create_connection("default")
    busy.settings_dict = busy.settings_dict | {"NAME": str(file), "TEST": {}}
    busy.settings_dict["OPTIONS"] = busy.settings_dict["OPTIONS"] | {"timeout": 0}
    with closing(sqlite3.connect(file)) as writer:
        writer.execute("begin immediate")
        assert busy.features.supports_json_field
