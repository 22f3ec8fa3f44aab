"""What is written to readers about their subscriptions, and how it is posted: each once, when it is due."""

import logging
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from broadsheet.membership.models import Notice, NoticeKind
from broadsheet.people.letters import Letter, NotPosted, post_letter
from broadsheet.platform import clock

logger = logging.getLogger(__name__)

type Writer = Callable[[Notice], Letter | None]
"""Makes the letter of a notice; None where it has stopped being true, and so isn't said."""

_writers: dict[str, Writer] = {}
_zones: list[Callable[[str], ZoneInfo]] = []


def register_writer(kind: NoticeKind, writer: Writer) -> None:
    """A room above writes the letters about what it alone knows: invoices, payments, cards."""
    _writers[kind] = writer


def register_zones(zone_of: Callable[[str], ZoneInfo]) -> None:
    """A room above knows by whose clock the days are counted that a letter of an edition names."""
    _zones[:] = [zone_of]


def letter_of(notice: Notice) -> Letter | None:
    """What is written, in the time zone of its edition; each writer speaks the edition's language."""
    with timezone.override(_zones[0](notice.edition) if _zones else None):
        return _writers[notice.kind](notice)


def post_due(at: datetime | None = None) -> int:
    """Posts everything that is due, and says how many letters that were.

    The letter is handed to the post room in the transaction that marks it as sent: both happen, or neither.
    """
    sent = 0
    for pk in list(Notice.objects.due(at or clock.now()).values_list("pk", flat=True)):
        try:
            sent += _post(pk)
        except NotPosted:
            # It would take none of the others either. The next minute tries again.
            logger.warning("The notices wait until mail is taken again")
            break
        except Exception:
            # Nor may one letter that can't be written hold up those behind it.
            logger.exception("Notice %s can’t be written", pk)
    return sent


def _post(pk: int) -> int:
    with transaction.atomic():
        # Another host may be at the same list: whoever locks the row first posts it.
        notice = Notice.objects.select_for_update().filter(pk=pk, sent_at=None, dropped_at=None).first()
        if notice is None:
            return 0
        letter = letter_of(notice)
        if letter is None:
            notice.dropped_at = clock.now()
            notice.save(update_fields=["dropped_at"])
            return 0
        notice.sent_at = clock.now()
        notice.save(update_fields=["sent_at"])
        post_letter(letter, notice.to, notice.edition)
    return 1
