"""A worker that sends by a provider: the same rows and the same journal as by SMTP."""

import asyncio
from collections import Counter
from functools import partial

import pytest
from pytest_django import Settings

from broadsheet.delivery.models import Lane, Recipient, Send
from broadsheet.delivery.provider import Provider
from broadsheet.delivery.provider.delivering import deliver
from broadsheet.delivery.spool import Spool, WorkerLock
from broadsheet.delivery.worker import Worker
from broadsheet.delivery.worker.envelope_builder import EnvelopeBuilder
from tests.delivery.conftest import SendTo, readers
from tests.delivery.provider.api import HANG_UP, Api, served

pytestmark = pytest.mark.django_db(transaction=True)


def work(api: Api, spool: Spool, settings: Settings) -> None:
    """Until nothing is due any more."""
    provider = Provider.at(f"postmark://token@?at={api.url}")
    settings.ANYMAIL = provider.for_anymail("")
    builder = EnvelopeBuilder("The Meridian <letters@meridian.example>")

    async def run() -> None:
        await worker.run(asyncio.Event(), lambda: not Send.objects.filter(state=Send.State.SENDING).exists())

    with WorkerLock(spool) as lock:
        worker = Worker(partial(deliver, provider), builder, spool, lock.holder, Lane.ISSUES, connections=3)
        asyncio.run(run())


def test_everyone_gets_it_once_and_the_ledger_says_from_whom(
    send_to: SendTo, spool: Spool, settings: Settings
) -> None:
    send = send_to(*readers(60))
    with served() as api:
        work(api, spool, settings)
    assert Counter(message["To"] for message in api.taken) == Counter(readers(60))
    assert send.counts() == {"submitted": 60}
    assert send.recipients.first().words == "Postmark took it as 0a1b"  # type: ignore[union-attr]
    assert "Hello, dear reader." in api.taken[0]["TextBody"]
    paths = [message["Metadata"]["return-path"] for message in api.taken]
    assert len(set(paths)) == 60


def test_a_provider_that_stumbles_leaves_its_few_unknown_and_nobody_gets_it_twice(
    send_to: SendTo, spool: Spool, settings: Settings
) -> None:
    send = send_to(*readers(40))
    with served() as api:
        api.answers = [(429, {"Message": "Slow down"}), (HANG_UP, {}), (503, {"Message": "Away"})]
        work(api, spool, settings)
    taken = Counter(message["To"] for message in api.taken)
    assert set(taken.values()) == {1}
    unknown = set(send.recipients.filter(state=Recipient.State.UNKNOWN).values_list("address", flat=True))
    assert 1 <= len(unknown) <= 6
    assert set(taken) == set(readers(40)) - unknown
    assert send.counts() == {"submitted": 40 - len(unknown), "unknown": len(unknown)}
