"""Whatever is killed between the receipt and the work: nothing is lost, and nobody is charged twice."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from broadsheet.membership.models import Price
from broadsheet.people.models import Person
from tests.billing.stripe.buyers import begin, buy, pay
from tests.examples import EXAMPLES
from tests.stripe_double import StripeDouble

pytestmark = pytest.mark.sqlite

STRIDE = max(1, 2000 // EXAMPLES)
"""Statements from one kill to the next: each of them with ``EXAMPLES=2000``."""


def keep(folder: Path) -> None:
    """The database as it is now, for the process that dies. Its transaction is not committed, so it is dumped."""
    with closing(sqlite3.connect(folder / "pristine.sqlite3")) as copy:
        connection.connection.backup(copy)


def died(folder: Path, double: StripeDouble, what: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.billing.stripe.dying"]
    command += [str(folder), double.address, what, str(STRIDE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, env=dict(os.environ))
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_process_that_is_killed_while_it_takes_in_events_loses_nothing(
    ada: Person, monthly: Price, double: StripeDouble, tmp_path: Path
) -> None:
    pay(double, begin(ada, monthly))
    keep(tmp_path)
    ends = died(tmp_path, double, "webhook")
    assert len(ends) > 5
    for end in ends:
        assert end == {
            "intents": 1,
            "payments": 1,
            "open": 0,
            "subscriptions": ["active"],
            "checkouts": ["done"],
            "sessions": 0,
            "events": 0,
        }


def test_a_process_that_is_killed_while_it_renews_charges_once(
    ada: Person, monthly: Price, double: StripeDouble, tmp_path: Path
) -> None:
    buy(double, ada, monthly)
    keep(tmp_path)
    ends = died(tmp_path, double, "renewal")
    assert len(ends) > 5
    for end in ends:
        assert (end["intents"], end["payments"], end["open"]) == (2, 2, 0)
        assert end["subscriptions"] == ["active"]
