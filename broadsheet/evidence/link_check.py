"""Tries the links of the sources that something published rests on, few at a time and each host once."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F, Q
from django.tasks import task
from django.utils.translation import gettext as _

from broadsheet.evidence.models import Source
from broadsheet.platform import clock
from broadsheet.platform.http.probing import ABSENT, Open, answer_of, open_publicly

AGENT = "Broadsheet source check"
EVERY = timedelta(days=30)
AGAIN_AFTER = timedelta(days=1)
"""Where it failed."""
AT_A_TIME = 5
LOOKED_THROUGH = 200


def due(at: datetime) -> list[Source]:
    """The next few, longest untried first, no two of one host."""
    cited = Source.objects.cited().exclude(link="")
    is_due = (
        Q(tried_at=None)
        | Q(tried_at__lte=at - EVERY)
        | Q(failing_since__isnull=False, tried_at__lte=at - AGAIN_AFTER)
    )
    by_host: dict[str, Source] = {}
    for source in cited.filter(is_due).order_by(F("tried_at").asc(nulls_first=True), "pk")[:LOOKED_THROUGH]:
        by_host.setdefault(urlsplit(source.link).hostname or "", source)
    return list(by_host.values())[:AT_A_TIME]


def try_links(sources: Iterable[Source], open_to: Open = open_publicly) -> None:
    for source in sources:
        answer = answer_of(source.link, open_to, AGENT)
        source.found(state_by(answer), _in_words(answer), clock.now())


def state_by(answer: int | str) -> Source.LinkState:
    """Many sites answer a robot with a refusal, so that only what is absent or unreachable counts as dead."""
    if isinstance(answer, str) or answer in ABSENT:
        return Source.LinkState.DEAD
    return Source.LinkState.ALIVE if answer < 400 else Source.LinkState.UNSURE


def _in_words(answer: int | str) -> str:
    return answer if isinstance(answer, str) else _("It answers %d.") % answer


@task
def try_links_soon() -> None:
    try_links(due(clock.now()))


def try_each_minute(at: datetime, **kwargs: object) -> None:
    """In production: a magazine that is tried out may have no network."""
    if settings.PRODUCTION and due(at):
        try_links_soon.enqueue()
