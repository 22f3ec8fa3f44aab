"""Imports that the desk began, by a worker. What is under way is found again each minute."""

from datetime import datetime
from time import monotonic

from django.tasks import task

from broadsheet.importers.carrying.carrying import Enough, carry_out, turn_at
from broadsheet.importers.carrying.undoing import undo
from broadsheet.importers.models import Import
from broadsheet.importers.planning.plan import make_plan

SECONDS = 60.0
"""So long at a time, so that other work of the worker has its turn."""


@task
def go_on_soon(pk: int) -> None:
    """Does the next part of an import, and asks for the one after it."""
    moving = Import.objects.get(pk=pk)
    with turn_at(moving) as is_ours:
        if not is_ours:
            return
        end = monotonic() + SECONDS
        is_done = go_on(moving, lambda: monotonic() > end)
    if not is_done and Import.objects.under_way().filter(pk=pk).exists():
        go_on_soon.enqueue(pk)


def go_on(moving: Import, enough: Enough) -> bool:
    match moving.state:
        case Import.State.READING:
            return make_plan(moving)
        case Import.State.RUNNING:
            return carry_out(moving, enough=enough)
        case Import.State.UNDOING:
            return undo(moving, enough=enough)
    return True


def tend(at: datetime | None = None, **kwargs: object) -> None:
    for pk in Import.objects.under_way().filter(is_uploaded=True).values_list("pk", flat=True):
        go_on_soon.enqueue(pk)
    for moving in Import.objects.with_old_files():
        moving.delete_files()
