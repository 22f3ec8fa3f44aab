"""Times pages of evidence in a magazine that `evidence_fill` filled, in the product's own Python."""

import json
import statistics
import time

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.http import urlencode

from broadsheet.evidence.models import Quotation
from broadsheet.site.evidence import check

TIMES, WARM = 23, 3


def measure() -> None:
    """Prints by name: the median and the longest time and the median CPU in milliseconds, and the queries."""
    settings.ALLOWED_HOSTS = ["*"]
    check.AN_HOUR = 10**6
    words = Quotation.objects.filter(in_opening=True, key="q1").order_by("-pk")[3].text.split()
    altered = [*words[:9], "otherwise", *words[10:]]
    questions = {
        "verbatim": " ".join(words),
        "altered": " ".join(altered),
        "cut": " ".join(words[4:14]),
        "not found": "not a word of this was ever said by anybody here",
    }
    pages = {
        "robots.txt": "/robots.txt",
        "speaker": "/speakers/speaker-3/",
        "speaker, page 2": "/speakers/speaker-3/?page=2",
        "topic": "/topics/a-running-story/",
    } | {f"check, {name}": f"/check/?{urlencode({'words': asked})}" for name, asked in questions.items()}
    found = {name: _times(address) for name, address in pages.items()}
    print(json.dumps(found))  # noqa: T201 (what is asked for)


def _times(address: str) -> tuple[float, float, float, int]:
    client, times, spent = Client(), [], []
    for _ in range(TIMES):
        begin, working = time.perf_counter(), time.process_time()
        response = client.get(address)
        times.append((time.perf_counter() - begin) * 1000)
        spent.append((time.process_time() - working) * 1000)
        if response.status_code != 200:
            raise SystemExit(f"{address} answers {response.status_code}")
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return statistics.median(times[WARM:]), max(times[WARM:]), statistics.median(spent[WARM:]), len(asked)
