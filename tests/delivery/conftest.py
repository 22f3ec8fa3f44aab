"""A send to some readers, and the spool in which its worker keeps journals."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_string, policy
from email.message import EmailMessage
from itertools import count
from pathlib import Path

import pytest

from broadsheet.delivery import sources
from broadsheet.delivery.message import Segments
from broadsheet.delivery.models import Addressee, Lane, Send
from broadsheet.delivery.spool import Spool, WorkerLock
from harness.smtp_server import SmtpServer

BRIEFING = Segments.compile(
    message_from_string(
        "From: The Meridian <letters@meridian.example>\nSubject: Tuesday’s briefing\n\nHello, {{name}}.\n",
        _class=EmailMessage,
        policy=policy.default,
    ),
    ["name"],
    datetime(2026, 3, 3, 7, tzinfo=UTC),
).frozen()

type SendTo = Callable[..., Send]


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "post")


@pytest.fixture
def lock(spool: Spool) -> Iterator[WorkerLock]:
    with WorkerLock(spool) as lock:
        yield lock


@pytest.fixture
def _source() -> None:
    sources.register("tests", sources.unchanged)


@pytest.fixture
def send_to(db: None, _source: None) -> SendTo:
    """Makes a send to these addresses, begun."""
    numbers = count()

    def make(
        *addresses: str, source: str = "tests", lane: Lane = Lane.ISSUES, message: bytes = BRIEFING
    ) -> Send:
        send, _new = Send.objects.freeze(
            source, f"issue {next(numbers)}", lane=lane, subject="Tuesday’s briefing"
        )
        cohort = send.cohorts.create(message=message)
        cohort.materialise(
            Addressee(address, address.lower()[:254], {"name": "dear reader"}) for address in addresses
        )
        send.begin()
        return send

    return make


def readers(count: int) -> list[str]:
    return [f"reader-{number}@reader.example" for number in range(count)]


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


def states(send: Send) -> dict[str, str]:
    return {
        address.partition("@")[0]: state for address, state in send.recipients.values_list("address", "state")
    }


def arrived(server: SmtpServer) -> Counter[str]:
    return Counter(taken.recipient for taken in server.taken)
