"""The product's own settings, with state of the tests' own that goes when they end."""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
STATE = tempfile.mkdtemp(prefix=f"broadsheet-tests-{WORKER}-")
(Path(STATE) / "static").mkdir()  # WhiteNoise warns of a folder that `prepare` has not made yet
atexit.register(shutil.rmtree, STATE, ignore_errors=True)

# Set for what the tests start as well: `broadsheet serve` reads the same names.
os.environ["BROADSHEET_MODE"] = "development"
os.environ["VAR_DIR"] = STATE
os.environ.setdefault("LOG_LEVEL", "WARNING")
os.environ["MAIL_FROM"] = "The Meridian <letters@meridian.example>"
os.environ.pop("PUBLIC_URL", None)
# A container often keeps Python from writing what it compiled. Then each process that a test starts would
# compile the whole product again, and each worker all tests.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
if os.environ.get("REDIS_URL"):
    # A worker clears what it cached between two tests; it must not clear the others'.
    os.environ["REDIS_URL"] += f"/{WORKER.removeprefix('gw')}"

from harness.catalogues.writing import compile_all  # noqa: E402

compile_all()

from broadsheet.settings import *  # noqa: E402, F403
from broadsheet.settings import DATABASES  # noqa: E402

DEBUG = False

database = DATABASES["default"]
if database["ENGINE"].endswith("sqlite3"):
    # In a file, as the product has it: in memory, SQLite's threads would share one connection.
    database["TEST"] = {"NAME": f"{STATE}/test.sqlite3"}
else:
    # harness/engines.py has migrated it, once for all workers.
    database["TEST"] = {"TEMPLATE": database["NAME"]}

# Work that a worker would do a moment later is done at once.
TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}
# Nobody to ask, and so no answer at once, unless a test brings a name server: see tests/name_server.py.
DNS_SERVERS: list[tuple[str, int]] = []
# Scrypt takes a tenth of a second by design.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
