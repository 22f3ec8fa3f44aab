"""Takes rows that are due one by one."""

import logging
from collections.abc import Callable
from contextlib import nullcontext

from django.db import transaction
from django.db.models import Model, QuerySet

from broadsheet.membership.errors import Refused

logger = logging.getLogger(__name__)


def each[Row: Model](
    rows: QuerySet[Row], step: Callable[[Row], object], *, at_once: bool = True
) -> list[Exception]:
    """Takes each of `rows`, and returns what failed, for the sweep to raise.

    Each is taken in a transaction of its own, unless `at_once` is False: what waits for somebody else commits
    before and after.
    """
    faults = []
    for row in list(rows):
        try:
            with transaction.atomic() if at_once else nullcontext():
                step(row)
        except Refused as refused:
            logger.info("%s: %s", row, refused.reason)  # it has changed since the list was made
        except Exception as fault:  # raised by `renewal.sweep`: no row keeps the others from being renewed
            fault.add_note(f"in {row._meta.label} {row.pk}")
            faults.append(fault)
    return faults
