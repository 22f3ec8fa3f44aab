"""What the front will need runs where there is no Django."""

import subprocess
import sys
import tomllib
from pathlib import Path

WITHOUT_DJANGO = """
import importlib, sys
sys.modules |= dict.fromkeys({banned}, None)
for name in {modules}:
    importlib.import_module(name)
from datetime import UTC, datetime
from uuid import UUID
from broadsheet.membership.entitlement_cookie import EntitlementCookie, entitlement_cookie_in
from broadsheet.paywall.verdict import Allowance, Reason, Visitor, decide
now = datetime(2026, 5, 10, tzinfo=UTC)
cookie = EntitlementCookie.until(now.replace(year=2027), 7, now)
found = entitlement_cookie_in({{"broadsheet_entitlement": cookie.sign(["key"])}}, ["other", "key"])
visitor = Visitor(is_reader=True, is_subscriber=found.is_fresh(now))
print(decide(UUID(int=1), "metered", visitor, Allowance()).reason)
"""


def contract() -> dict[str, list[str]]:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    return next(found for found in contracts if found["type"] == "forbidden")


def test_the_verdict_is_given_without_django() -> None:
    held = contract()
    code = WITHOUT_DJANGO.format(banned=held["forbidden_modules"], modules=held["source_modules"])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("subscription", "")
