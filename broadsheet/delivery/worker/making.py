"""Each reader's message and its envelope, made of the frozen cohort."""

from collections.abc import Callable
from email.utils import parseaddr

from broadsheet.delivery import keys
from broadsheet.delivery.addresses import domain_of
from broadsheet.delivery.message import Segments, Signer, Unjoinable, message_id, return_path
from broadsheet.delivery.models import Batch, Cohort, Lane, Recipient
from broadsheet.delivery.smtp import Envelope, Unfit

COHORTS = 4
"""How many frozen messages are kept at hand."""


class Maker:
    def __init__(self, sender: str, return_domain: str = "", signer: Signer | None = None) -> None:
        """`sender` is whom messages come from where their send names nobody.

        They return to `return_domain`, else to the domain of their sender.
        """
        self._sender, self._return_domain = parseaddr(sender)[1], return_domain
        self._signer = signer
        self._cohorts: dict[int, bytes | Segments] = {}

    def fetch(self, batch: Batch) -> None:
        """Has the message of `batch` at hand; asks the database for it, unless it is already."""
        if batch.cohort_id not in self._cohorts:
            while len(self._cohorts) >= COHORTS:
                del self._cohorts[next(iter(self._cohorts))]
            frozen = bytes(Cohort.objects.values_list("message", flat=True).get(pk=batch.cohort_id))
            is_letter = batch.send.lane == Lane.LETTERS
            self._cohorts[batch.cohort_id] = frozen if is_letter else Segments.thawed(frozen)

    def envelope(self, batch: Batch, recipient: Recipient) -> Envelope:
        """Of a batch that was fetched."""
        domain = domain_of(batch.send.sender or self._sender)
        returns = return_path(keys.secret(), recipient.pk, self._return_domain or domain)
        frozen = self._cohorts[batch.cohort_id]
        message = self._message(frozen, recipient, domain)
        is_dotless = isinstance(frozen, Segments) and frozen.is_plain
        return Envelope(recipient.pk, returns, recipient.address, message, is_dotless)

    def _message(self, frozen: bytes | Segments, recipient: Recipient, domain: str) -> Callable[[], bytes]:
        def made() -> bytes:
            if not isinstance(frozen, Segments):
                return self._signer.signed(frozen) if self._signer else frozen
            send, reader = str(recipient.send_id), str(recipient.pk)
            identity = message_id(keys.secret(), send, reader, domain)
            try:
                message = frozen.join(recipient.address, identity, recipient.tokens)
            except Unjoinable as error:
                raise Unfit(554, "5.6.0", str(error)) from error
            return self._signer.signed(message, is_plain=frozen.is_plain) if self._signer else message

        return made
