"""Takes rows that are due one by one."""

import logging
from collections.abc import Callable

from django.db import transaction
from django.db.models import Model, QuerySet

from broadsheet.membership.errors import Refused

logger = logging.getLogger(__name__)


def each[Row: Model](rows: QuerySet[Row], step: Callable[[Row], object]) -> list[Exception]:
    """Takes each of `rows` in a transaction of its own, and returns what failed, for the sweep to raise."""
    faults = []
    for row in list(rows):
        try:
            with transaction.atomic():
                step(row)
        except Refused as refused:
            logger.info("%s: %s", row, refused.reason)  # it has changed since the list was made
        except Exception as fault:  # raised by `renewal.sweep`: no row keeps the others from being renewed
            fault.add_note(f"in {row._meta.label} {row.pk}")
            faults.append(fault)
    return faults
