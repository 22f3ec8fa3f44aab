from dataclasses import dataclass


class BadKey(ValueError):
    """Not an RSA private key of at least 2,048 bits."""


@dataclass(frozen=True)
class Signer:
    """Signs messages with an RSA key, relaxed/relaxed (RFC 6376)."""

    domain: str
    selector: str

    @classmethod
    def of(cls, domain: str, selector: str, pem: bytes) -> "Signer":
        """Raises BadKey."""
        raise NotImplementedError

    def signed(self, message: bytes) -> bytes:
        """`message`, whose lines end in CRLF, with a DKIM-Signature before its other headers."""
        raise NotImplementedError

    def is_aligned(self, address: str) -> bool:
        """Whether DMARC takes our signature for the word of the domain of `address`, a From."""
        raise NotImplementedError

    @property
    def record(self) -> str:
        """What DNS must say at <selector>._domainkey.<domain>, as a TXT record."""
        raise NotImplementedError
