import logging
from collections import deque
from collections.abc import Iterable, Iterator

from broadsheet.delivery import retries
from broadsheet.delivery.intake import Kind
from broadsheet.delivery.intake.verdict import verdict
from broadsheet.delivery.journal import Journal, Recorded, SealedError
from broadsheet.delivery.message import Segments
from broadsheet.delivery.models import Batch, Lane, Outcome, Recipient, Suppression
from broadsheet.delivery.smtp import Answer, Result, Sealed

logger = logging.getLogger(__name__)

STATES = {
    Result.SUBMITTED: Recipient.State.SUBMITTED,
    Result.DEFERRED: Recipient.State.DEFERRED,
    Result.REFUSED: Recipient.State.REFUSED,
    Result.UNKNOWN: Recipient.State.UNKNOWN,
    Result.UNSENT: Recipient.State.QUEUED,
}


class LeasedBatch:
    """A batch in a worker's hands, from its lease until it is settled."""

    def __init__(self, batch: Batch, journal: Journal, waiting: Iterable[Recipient]) -> None:
        self.batch = batch
        self.journal = journal
        self.frozen: bytes | Segments = b""
        """The message, once it is fetched."""
        self.outcomes: dict[int, Outcome] = {}
        self._waiting = deque(waiting)
        self._given: dict[int, Recipient] = {}
        self._dotted: set[int] = set()
        self._is_abandoned = False
        self._is_ended = False

    def __iter__(self) -> Iterator[Recipient]:
        """Each one that is to get a message now, until the feeding is ended."""
        while self._waiting:
            recipient = self._waiting.popleft()
            self._given[recipient.pk] = recipient
            yield recipient

    def end_feeding(self) -> None:
        """Nobody gets a message any more but those who stand before their answer."""
        self._is_ended = True
        self._waiting.clear()

    def release(self) -> None:
        """When the client is gone: whoever it was given, and did not answer for, is as before.

        But for those who stood before their dot: they keep the lease open until it is recovered.
        """
        self.end_feeding()
        self._given = {pk: recipient for pk, recipient in self._given.items() if pk in self._dotted}

    @property
    def is_over(self) -> bool:
        return not self._waiting and not self._given

    def before_dot(self, recipient: int) -> None:
        """Raises Sealed."""
        if self._is_ended:
            del self._given[recipient]
            raise Sealed
        try:
            self.journal.before(recipient)
        except (SealedError, OSError) as error:
            # A message without its record would be sent again by whoever recovers this batch.
            self._abandon(error)
            del self._given[recipient]
            raise Sealed from error
        self._dotted.add(recipient)

    def after(self, recipient: int, answer: Answer) -> Recipient:
        """The one who was answered."""
        state, words = STATES[answer.result], str(answer)
        try:
            self.journal.after(recipient, Recorded(state, words))
        except (SealedError, OSError) as error:
            # The rows are told all the same, unless recovery has told them already.
            self._abandon(error)
        self._dotted.discard(recipient)
        answered = self._given.pop(recipient)
        if state != Recipient.State.QUEUED:
            lane = self.batch.send.lane
            self.outcomes[recipient] = retries.outcome(state, words, lane, answered.tries)
        return answered

    def suppress_gone(self) -> None:
        """Whose server said that there is no such mailbox, while others of the batch were taken.

        Where none was, it may be us whom the server refuses, in whatever words.
        """
        if self.batch.send.lane == Lane.LETTERS or not any(
            outcome.state == Recipient.State.SUBMITTED for outcome in self.outcomes.values()
        ):
            return
        gone = {
            pk: outcome.words
            for pk, outcome in self.outcomes.items()
            if outcome.state == Recipient.State.REFUSED and verdict("", outcome.words) is Kind.HARD
        }
        for recipient in Recipient.objects.filter(pk__in=gone):
            reason = Suppression.Reason.HARD_BOUNCE
            Suppression.suppress(recipient.address, reason, gone[recipient.pk], recipient.answered_at)

    def _abandon(self, error: Exception) -> None:
        if not self._is_abandoned:
            self._is_abandoned = True
            logger.warning("Batch %s of send %s is left: %r", self.batch.pk, self.batch.send_id, error)
        self.end_feeding()
