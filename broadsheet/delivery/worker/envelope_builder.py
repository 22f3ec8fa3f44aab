"""Each reader's message and its envelope, made of the frozen cohort."""

from collections.abc import Callable
from email.utils import parseaddr
from functools import partial
from threading import Lock

from broadsheet.delivery import keys, sources
from broadsheet.delivery.addresses import canonical, domain_of
from broadsheet.delivery.message import Segments, Signer, Unjoinable, message_id, return_path
from broadsheet.delivery.models import Batch, Cohort, Lane, Recipient
from broadsheet.delivery.smtp import Envelope, Result, Unsendable

COHORTS = 4
"""How many frozen messages are kept at hand."""


class EnvelopeBuilder:
    def __init__(self, sender: str, return_domain: str = "", signer: Signer | None = None) -> None:
        """`sender` is whom messages come from where their send names nobody.

        They return to `return_domain`, else to the domain of their sender.
        """
        self._sender, self._return_domain = parseaddr(sender)[1], return_domain
        self._signer = signer
        self._thawed: dict[int, Segments] = {}
        # The workers of all lanes fetch, each in a thread of its own.
        self._lock = Lock()

    def fetch(self, batch: Batch) -> bytes | Segments:
        """The frozen message of `batch`; that of an issue, which has many, is kept for the next one."""
        if batch.send.lane == Lane.LETTERS:
            return _frozen(batch)
        with self._lock:
            segments = self._thawed.pop(batch.cohort_id, None) or Segments.thawed(_frozen(batch))
            self._thawed[batch.cohort_id] = segments
            while len(self._thawed) > COHORTS:
                del self._thawed[next(iter(self._thawed))]
            return segments

    def envelope(self, batch: Batch, recipient: Recipient, frozen: bytes | Segments) -> Envelope:
        """`frozen` is the message that was fetched for `batch`."""
        domain = domain_of(canonical(batch.send.sender or self._sender))
        returns = return_path(keys.secret(), recipient.pk, self._return_domain or domain)
        message = self._message(batch.send.source, frozen, recipient, domain)
        is_dotless = isinstance(frozen, Segments) and frozen.is_plain
        return Envelope(recipient.pk, returns, recipient.address, message, is_dotless)

    def _message(
        self, source: str, frozen: bytes | Segments, recipient: Recipient, domain: str
    ) -> Callable[[], bytes]:
        file_of = partial(sources.file_of, source)

        def made() -> bytes:
            if not isinstance(frozen, Segments):
                return self._signer.signed(frozen) if self._signer else frozen
            send, reader = str(recipient.send_id), str(recipient.pk)
            identity = message_id(keys.secret(), send, reader, domain)
            try:
                message = frozen.join(recipient.address, identity, recipient.tokens, file_of)
            except sources.SourceFailed as error:
                # The file is being made anew, or the bucket is away: a little later it is there.
                raise Unsendable(451, "4.3.0", str(error), Result.DEFERRED) from error
            except Unjoinable as error:
                raise Unsendable(554, "5.6.0", str(error)) from error
            return self._signer.signed(message, is_plain=frozen.is_plain) if self._signer else message

        return made


def _frozen(batch: Batch) -> bytes:
    return bytes(Cohort.objects.values_list("message", flat=True).get(pk=batch.cohort_id))
