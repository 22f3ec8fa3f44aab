"""How many examples the properties are tried on.

250 each time; ``EXAMPLES=10000 bin/test tests/paywall`` takes more. On PostgreSQL it is a quarter: those
that ask no database do not run there, and the others have had theirs on SQLite.
"""

import os

from django.db import connection
from hypothesis import settings

EXAMPLES = int(os.environ.get("EXAMPLES", "250"))
if connection.vendor != "sqlite":
    EXAMPLES = max(1, EXAMPLES // 4)

# Derandomised: the same examples each time, so that what CI found can be found again.
many = settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
