"""What a worker does with files of fulfilment houses; the scheduler finds what one has left undone."""

from datetime import datetime, timedelta

from django.tasks import task
from django.utils import translation

from broadsheet.membership.fulfilment import applying
from broadsheet.membership.models.printed.house import HouseFile
from broadsheet.platform.models import Lease
from broadsheet.platform.processes.scheduler import worker_id

LEASE = timedelta(minutes=15)
"""How long one process has the work on a file to itself, longer than the largest takes."""


def work_soon(file: HouseFile) -> None:
    work_on.enqueue(file.pk)


@task
def work_on(pk: int) -> None:
    with Lease.objects.turn(f"membership.house_file.{pk}", worker_id(), LEASE) as is_ours:
        file = HouseFile.objects.unfinished().select_related("house").filter(pk=pk).first()
        if file is None or not is_ours:
            return
        with translation.override(file.house.edition):
            if file.state == HouseFile.State.UPLOADED:
                applying.check(file)
            else:
                applying.apply(file)


def find_undone(at: datetime | None = None, **kwargs: object) -> None:
    """Hands on those that lie there because a worker died, or its task was lost."""
    for file in HouseFile.objects.unfinished():
        work_soon(file)
