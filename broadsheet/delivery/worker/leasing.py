"""A batch fetched from the rows: leased, its recipients' rights asked for once more, its journal opened."""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import DatabaseError
from django.utils.translation import gettext as _

from broadsheet.delivery import sources
from broadsheet.delivery.addresses import domain_of
from broadsheet.delivery.journal import Journal
from broadsheet.delivery.models import Batch, BatchQuerySet, Lane, Outcome, Recipient, Send, Suppression
from broadsheet.delivery.recovery import Lease
from broadsheet.delivery.spool import Spool
from broadsheet.delivery.throttle import Throttle
from broadsheet.delivery.worker.leased_batch import LeasedBatch
from broadsheet.platform import clock

logger = logging.getLogger(__name__)

LEAST_WAIT = 5.0
"""Seconds for which a throttled recipient is put back: a batch is not leased for each message."""


def lease_next(
    due: Callable[[], BatchQuerySet],
    spool: Spool,
    holder: str,
    throttle: Throttle,
    lasts: timedelta,
    unserved: set[Lease],
) -> LeasedBatch | None:
    """The next of the batches that are `due`, if there is one.

    Its lease stands in `unserved` until the caller takes it out. Where the database goes away in between,
    nobody knows whether the row is leased; `recover` then gives it back. Raises OSError where no journal can
    be made.
    """
    while (batch := due().next()) is not None:
        if (known := spool.lease_log.last_epoch(batch)) > batch.epoch:
            # Or another worker of this host has just leased it.
            if batch.hold_restored(_("It was sent since the backup was made that was restored."), known):
                logger.error("Batch %s was sent already, which the restored database does not know", batch.pk)
            continue
        recipients = list(batch.recipients.due())
        # First the journal, then the lease: a leased batch without one was not merely begun.
        path = spool.journal(batch.pk, batch.epoch + 1, holder)
        path.unlink(missing_ok=True)  # of a lease that the database went away in, and did not give
        journal = Journal(path, batch.pk, batch.epoch + 1, len(recipients))
        lease = (batch.pk, batch.epoch + 1, holder)
        unserved.add(lease)
        try:
            leased = _leased(batch, journal, recipients, spool, holder, throttle, lasts)
        except DatabaseError:
            journal.close()
            raise
        except OSError:
            journal.close()
            unserved.discard(lease)
            raise
        if leased:
            return leased
        unserved.discard(lease)
    return None


def _leased(
    batch: Batch,
    journal: Journal,
    recipients: list[Recipient],
    spool: Spool,
    holder: str,
    throttle: Throttle,
    lasts: timedelta,
) -> LeasedBatch | None:
    """`batch` once it is leased; None where another worker was quicker, or nobody gets anything of it now."""
    if not batch.lease(holder, spool.name, lasts):
        journal.discard()
        return None
    spool.lease_log.record(batch)
    try:
        skipped = _skipped(batch, recipients, throttle)
    except (sources.Held, sources.SourceFailed) as failed:
        # It would fail each time. Its send waits for a person, and all other mail goes on.
        if isinstance(failed, sources.SourceFailed):
            logger.exception("Send %s is held: its source fails", batch.send_id)
        batch.send.hold(words=str(failed))
        if batch.settle({}):
            journal.discard()
        return None
    if batch.send.lane != Lane.LETTERS:
        # Its source may have replaced the message just now.
        batch.refresh_from_db(fields=["cohort"])
    waits = [outcome.due_at for outcome in skipped.values() if outcome.due_at]
    if recipients and len(waits) == len(recipients):
        # In one update: row by row, those who wait would be more work than those who get their message.
        if batch.settle({}, min(waits)):
            journal.discard()
        return None
    if skipped:
        recipients = [recipient for recipient in recipients if recipient.pk not in skipped]
    leased = LeasedBatch(batch, journal, recipients)
    leased.outcomes.update(skipped)
    return leased


def _skipped(batch: Batch, recipients: list[Recipient], throttle: Throttle) -> dict[int, Outcome]:
    """Those of `recipients` who get nothing now, and why; the others have their tokens renewed."""
    skipped = {}
    if batch.send.lane != Lane.LETTERS:
        skipped = _without_right(batch.send, recipients)
        for recipient in recipients:
            if recipient.pk not in skipped and (wait := throttle.take(domain_of(recipient.address))):
                due_at = clock.now() + timedelta(seconds=max(wait, LEAST_WAIT))
                skipped[recipient.pk] = Outcome(recipient.state, recipient.words, due_at, is_try=False)
    return skipped


def _without_right(send: Send, recipients: list[Recipient]) -> dict[int, Outcome]:
    skipped: dict[int, Outcome] = {}

    def skip(recipient: Recipient, why: str) -> None:
        skipped[recipient.pk] = Outcome(Recipient.State.SKIPPED, why, is_try=False)

    renewal = sources.renew(send, recipients)
    suppressed = Suppression.objects.among(recipient.address for recipient in recipients)
    for recipient in recipients:
        new = renewal.get(recipient.key)
        if suppression := suppressed.get(recipient.address):
            skip(recipient, _("Suppressed: %s") % suppression.get_reason_display())
        elif isinstance(new, sources.Skip):
            skip(recipient, new.why)
        elif new is not None:
            recipient.tokens = dict(new)
    return skipped
