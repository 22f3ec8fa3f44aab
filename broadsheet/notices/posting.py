"""How notices are posted: each once, when it is due."""

import logging
from datetime import datetime

from django.db import transaction

from broadsheet.notices.kinds import letter_of
from broadsheet.notices.models import Notice
from broadsheet.people.letters import NotPosted, post_letter
from broadsheet.platform import clock

logger = logging.getLogger(__name__)


def post_due(at: datetime | None = None) -> int:
    """Posts everything that is due, and says how many letters that were.

    The letter is handed to the post room in the transaction that marks it as sent: both happen, or neither.
    Raises an ExceptionGroup of what kept letters from being written, once all others are posted.
    """
    sent, faults = 0, []
    for pk in list(Notice.objects.due(at or clock.now()).values_list("pk", flat=True)):
        try:
            sent += _post(pk)
        except NotPosted:
            # It would take none of the others either. The next minute tries again.
            logger.warning("The notices wait until mail is taken again")
            break
        except Exception as fault:  # raised below: one letter holds up none of those behind it
            fault.add_note(f"in the letter of notice {pk}")
            faults.append(fault)
    if faults:
        raise ExceptionGroup("Some notices can’t be written", faults)
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
