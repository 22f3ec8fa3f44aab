"""Who opened an article by the meter."""

from collections.abc import Iterator
from uuid import UUID

from broadsheet.notices.seen import Witness
from broadsheet.paywall.models import Grant


def opened_by(article: UUID) -> Iterator[Witness]:
    readers = Grant.objects.filter(article=article, reader__is_active=True).order_by()
    for email in readers.values_list("reader__email", flat=True).distinct().iterator():
        yield Witness(email, "")
