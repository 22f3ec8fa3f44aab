"""Whatever is killed between the receipt and the work: nothing is lost, and nobody is charged twice."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from tests.examples import EXAMPLES
from tests.stripe_double import StripeDouble

pytestmark = pytest.mark.sqlite

STRIDE = max(1, 8000 // EXAMPLES)
"""Statements from one kill to the next: each of them with ``EXAMPLES=8000``."""


def test_a_process_that_is_killed_loses_nothing_and_charges_nobody_twice(
    django_db_setup: None, double: StripeDouble, tmp_path: Path
) -> None:
    name = connection.settings_dict["NAME"]
    with closing(sqlite3.connect(name)) as now, closing(sqlite3.connect(tmp_path / "empty.sqlite3")) as copy:
        now.backup(copy)
    command = [sys.executable, "-W", "ignore", "-m", "tests.billing.stripe.dying"]
    command += [str(tmp_path), double.address, str(STRIDE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    ends = [json.loads(line) for line in done.stdout.splitlines()]
    assert {end["what"] for end in ends} == {"webhook", "renewal"}
    assert len(ends) > 5
    for end in ends:
        paid = 1 if end["what"] == "webhook" else 2
        assert (end["intents"], end["payments"], end["open"]) == (paid, paid, 0), end
        assert (end["subscriptions"], end["checkouts"]) == (["active"], ["done"]), end
        assert (end["sessions"], end["events"]) == (0, 0), end
