"""How many examples the properties of the wall are tried on: ``EXAMPLES=10000 bin/test tests/meter``."""

import os

from hypothesis import settings

EXAMPLES = int(os.environ.get("EXAMPLES", "1000"))

# Derandomised: the same examples each time, so that what CI found can be found again.
many = settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
