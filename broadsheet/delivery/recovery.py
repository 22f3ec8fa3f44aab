"""What becomes of a batch whose worker is gone: its journal is ended, read, and written to the rows."""

import logging
from collections.abc import Collection

from django.utils.translation import gettext as _

from broadsheet.delivery import journal, retries
from broadsheet.delivery.models import Batch, Outcome, Recipient
from broadsheet.delivery.spool import Spool
from broadsheet.platform import clock

logger = logging.getLogger(__name__)

type Lease = tuple[int, int, str]
"""Batch, epoch and holder."""


def recover(spool: Spool, unserved: Collection[Lease] = ()) -> int:
    """Ends the leases of this spool's workers that died, or that overslept them; how many they were.

    So it does with those in `unserved`, of which their worker says that it does not serve them.

    A lease of another spool is that spool's to end, because its journal is there. It stands in the rows as
    leased, past its time, until its host comes back or a person gives the batch up.
    """
    ours = Batch.objects.filter(spool=spool.name, state__in=[Batch.State.LEASED, Batch.State.HELD])
    count = 0
    for batch in ours.select_related("send"):
        overslept = batch.leased_until is not None and batch.leased_until <= clock.now()
        is_unserved = (batch.pk, batch.epoch, batch.holder) in unserved
        if overslept or is_unserved or not spool.is_alive(batch.holder):
            count += _recover(batch, spool)
    _clear(spool)
    return count


def _clear(spool: Spool) -> None:
    """Removes journals that belong to no lease: their workers died just before it, or just after its end."""
    for path, batch, epoch in spool.orphans():
        if not Batch.objects.filter(
            pk=batch, epoch=epoch, state__in=[Batch.State.LEASED, Batch.State.HELD]
        ).exists():
            path.unlink(missing_ok=True)
    spool.drop_dead()


def _recover(batch: Batch, spool: Spool) -> bool:
    path = spool.journal(batch.pk, batch.epoch, batch.holder)
    try:
        trace = journal.seal(path, batch.pk, batch.epoch)
    except journal.UnreadableError as error:
        if batch.state == Batch.State.LEASED:
            logger.error("Batch %s of send %s is held: %s", batch.pk, batch.send_id, error)
            batch.hold_unreadable(str(error))
        return False
    settled = batch.settle(_outcomes(batch, trace))
    path.unlink(missing_ok=True)
    return settled


def _outcomes(batch: Batch, trace: journal.Trace) -> dict[int, Outcome]:
    outcomes = {}
    for recipient in batch.recipients.unsettled():
        said = trace.answers.get(recipient.pk)
        if said and said.state == Recipient.State.QUEUED:
            continue
        if said:
            outcomes[recipient.pk] = retries.outcome(said.state, said.words, batch.send.lane, recipient.tries)
        elif recipient.pk in trace.dotted:
            words = _("The connection, or the sending process, died before the server answered.")
            outcomes[recipient.pk] = Outcome(Recipient.State.UNKNOWN, words)
        elif not trace.is_whole and recipient.is_due:
            words = _("The machine went down while this batch was being sent.")
            outcomes[recipient.pk] = Outcome(Recipient.State.UNKNOWN, words)
    return outcomes
