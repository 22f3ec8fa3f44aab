"""How many examples the properties are tried on.

bin/ci takes 400; ``EXAMPLES=10000 bin/test tests/paywall`` takes more. On PostgreSQL it is a quarter: those
that ask no database do not run there, and the others have had theirs on SQLite.
"""

import os

from django.conf import settings as of_django
from hypothesis import settings

EXAMPLES = int(os.environ.get("EXAMPLES", "250"))
if not of_django.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    EXAMPLES = max(1, EXAMPLES // 4)

# Derandomised: the same examples each time, so that what CI found can be found again.
many = settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
