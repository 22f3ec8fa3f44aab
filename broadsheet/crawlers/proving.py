"""Whether an address is a crawler's, by DNS: answered from what is known, looked up in the background."""

from datetime import datetime, timedelta

from django.tasks import task

from broadsheet.crawlers.known import KnownCrawler
from broadsheet.crawlers.models import AT_ONCE, CrawlerProof
from broadsheet.platform import clock
from broadsheet.platform.http.proxy import Address
from broadsheet.platform.processes.scheduler import DAY, once_every

BATCH = 4 * AT_ONCE
"""Addresses looked up before other tasks have their turn: twelve seconds where no name server answers."""
OVERDUE = timedelta(minutes=1)
"""What is due for so long has no task any more."""


def is_proven(crawler: KnownCrawler, address: Address) -> bool:
    """What is known at this moment. Where that is nothing, it is looked up soon."""
    now = clock.now()
    proof = CrawlerProof.objects.ask(crawler, address, now)
    if proof is None:
        return False
    if proof.due_at == now and CrawlerProof.objects.due(now)[:2].count() == 1:
        # It alone is due. If others are, a task is on its way, and one task looks up all that is due.
        prove_soon.enqueue()
    return proof.is_proven(now)


@task
def prove_soon() -> None:
    if CrawlerProof.objects.check_due(BATCH) == BATCH:
        prove_soon.enqueue()


def prove_late(at: datetime, **kwargs: object) -> None:
    if CrawlerProof.objects.due(at - OVERDUE).exists():
        CrawlerProof.objects.check_due(BATCH)


@once_every(DAY, "crawlers.proofs")
def forget_old(at: datetime) -> None:
    CrawlerProof.objects.forgotten(at).delete()
