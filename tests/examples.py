"""How many examples the properties are tried on.

bin/ci takes 1,000; ``EXAMPLES=10000 bin/test tests/paywall`` takes more.
"""

import os

from hypothesis import settings

EXAMPLES = int(os.environ.get("EXAMPLES", "250"))

# Derandomised: the same examples each time, so that what CI found can be found again.
many = settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
