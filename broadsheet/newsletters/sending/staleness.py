from datetime import datetime, timedelta

from django.db.models import Max
from django.utils.translation import gettext as _

from broadsheet.delivery.models import Send
from broadsheet.delivery.sources import Held
from broadsheet.platform import clock

STALE = timedelta(hours=24)
"""So long after it was due a letter goes to nobody unless a person says so: the database may be a backup that
was restored, or mail was down for days."""


def refuse_stale(send: Send, due: datetime | None) -> None:
    """Raises Held."""
    let_go = send.instructions.filter(state=Send.State.SENDING).aggregate(last=Max("at"))["last"]
    last = max(filter(None, (due, let_go)), default=None)
    if last and clock.now() > last + STALE:
        raise Held(_("It was due more than a day ago. Let it go on if its readers are still to get it."))
