"""Whether the time of the answer of “Find my subscription” tells known addresses from unknown ones.

A thousand tries of each, in random order, against the product as served. The difference of their medians is
compared with those that come about when the same times are dealt out to two heaps by chance. Status, headers
and body must be the same in all of them.
"""

import os
import sys
import tempfile
import time
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from statistics import median
from urllib.parse import urlencode

from bench.reading import address, ask_product, seeded, serving
from bench.table import show
from broadsheet.platform.processes.progress import step

TRIES = int(os.environ.get("TRIES", "1000"))
"""Of known addresses, and of unknown ones."""
WARM = 50
DEALS = 2_000
BY_CHANCE = 0.99
PAGE = "/find-my-subscription/"
OWN = frozenset({"date", "x-request-id"})
"""Headers that differ from each answer to the next."""
HEADERS = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
KNOWN = """
import json
from broadsheet.membership.models import Subscription
people = Subscription.objects.live().select_related("person")[:40]
print(json.dumps([row.person.email for row in people]))
"""

type Answer = tuple[int, tuple[tuple[str, str], ...], bytes]


def ask(connection: HTTPConnection, email: str, number: int) -> tuple[float, Answer]:
    """Seconds, and what was answered, without the moment and without the number of the request."""
    # Each from a network of its own: nobody may ask so often.
    headers = HEADERS | {"X-Forwarded-For": address(number << 8)}
    body = urlencode({"email": email})
    begun = time.perf_counter()
    connection.request("POST", PAGE, body, headers)
    response = connection.getresponse()
    content = response.read()
    seconds = time.perf_counter() - begun
    named = tuple(sorted((name, value) for name, value in response.getheaders() if name.lower() not in OWN))
    return seconds, (response.status, named, content)


def run() -> None:
    chance = Random("Find my subscription")  # noqa: S311 (no secret)
    with tempfile.TemporaryDirectory() as folder:
        environment = seeded("", Path(folder))
        known = ask_product(KNOWN, environment)
        # As long as the known ones, for bytes take time.
        unknown = [f"{'q' * len(email.partition('@')[0])}@{email.partition('@')[2]}" for email in known]
        asked = [(True, chance.choice(known)) for _ in range(TRIES)]
        asked += [(False, chance.choice(unknown)) for _ in range(TRIES)]
        chance.shuffle(asked)
        times: dict[bool, list[float]] = {True: [], False: []}
        answers: set[Answer] = set()
        with (
            serving(environment) as port,
            step("Finding", len(asked), "tries", to=sys.stderr) as advance,
            closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection,
        ):
            for number in range(WARM):
                ask(connection, unknown[0], number)
            for number, (is_known, email) in enumerate(asked, WARM):
                seconds, answer = ask(connection, email, number)
                times[is_known].append(seconds)
                answers.add(answer)
                advance(1)
    _tell(times, answers, chance)


def _tell(times: dict[bool, list[float]], answers: set[Answer], chance: Random) -> None:
    found = abs(median(times[True]) - median(times[False]))
    together = times[True] + times[False]
    by_chance = []
    for _ in range(DEALS):
        chance.shuffle(together)
        by_chance.append(abs(median(together[:TRIES]) - median(together[TRIES:])))
    noise = sorted(by_chance)[int(BY_CHANCE * DEALS)]
    reference = 1 / median(times[False])
    measured = 1 / median(times[True])
    rows = [
        ("an unknown address", reference, 1.0, ""),
        ("a known address", measured, measured / reference, "✓" if found <= noise else "✗"),
    ]
    show("POST /find-my-subscription/, one after the other", "an unknown one", rows)
    limit = f"by chance alone they differ by up to {noise * 1e6:,.0f} µs in {BY_CHANCE:.0%} of all deals"
    print(f"The medians differ by {found * 1e6:,.0f} µs; {limit}.")  # noqa: T201
    print(f"Different answers among {2 * TRIES:,}: {len(answers)} {'✓' if len(answers) == 1 else '✗'}")  # noqa: T201
