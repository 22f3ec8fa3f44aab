"""How a send to whoever is subscribed is filled and begun."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Max, Min, QuerySet

from broadsheet.delivery.models import Addressee, Send

PAGE = 20_000
"""Rows that are read at once."""


def by_ranges(all_of_them: QuerySet[Any], wanted: QuerySet[Any], *columns: str) -> Iterator[Any]:
    """`columns` of `wanted`, by ranges of keys: neither database then holds more than one of them.

    `all_of_them` holds `wanted`, and tells the first and the last key by an index.
    """
    ends = all_of_them.aggregate(first=Min("pk"), last=Max("pk"))
    for first in range(ends["first"] or 1, (ends["last"] or 0) + 1, PAGE):
        yield from wanted.order_by().filter(pk__gte=first, pk__lt=first + PAGE).values_list(*columns)


def addressees(all_of_them: QuerySet[Any], wanted: QuerySet[Any], address: str) -> Iterator[Addressee]:
    for pk, mailbox in by_ranges(all_of_them, wanted, "pk", address):
        yield Addressee(mailbox, str(pk))


def is_begun(source: str, key: str) -> bool:
    return Send.objects.filter(source=source, key=key).exclude(state=Send.State.FROZEN).exists()


def begin_or_drop(send: Send) -> Send | None:
    """None where nobody is on it: then there is none."""
    with transaction.atomic():
        if send.recipients.exists():
            send.begin()
            return send
        send.delete()
    return None
