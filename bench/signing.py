"""DKIM signatures a second on one core, of a message of about 90 KB: ours, and the reference, dkimpy's.

Both sign relaxed/relaxed with the same key of 2,048 bits. Why the signer is our own is what this shows.
"""

import time
from collections.abc import Callable
from functools import partial

import dkim
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bench.post import DOMAIN, FROZEN_AT, TOKENS, address, briefing, tokens
from bench.table import show
from broadsheet.delivery.message import Segments, Signer, message_id

SELECTOR = "bench"
SECONDS = 3.0
ROUNDS = 3


def message() -> bytes:
    segments = Segments.compile(briefing(), TOKENS, FROZEN_AT)
    return segments.join(address(1), message_id(b"bench", "bench", "1", DOMAIN), tokens(1))


def rate(sign: Callable[[], object]) -> float:
    """The best of some rounds, in signatures a second."""
    best = 0.0
    for _ in range(ROUNDS):
        count, begun = 0, time.perf_counter()
        while (seconds := time.perf_counter() - begun) < SECONDS / ROUNDS:
            sign()
            count += 1
        best = max(best, count / seconds)
    return best


def run() -> None:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    unsigned, signer = message(), Signer.of(DOMAIN, SELECTOR, pem)
    theirs = partial(
        dkim.sign, unsigned, SELECTOR.encode(), DOMAIN.encode(), pem, canonicalize=(b"relaxed", b"relaxed")
    )
    reference = rate(theirs)
    rows = [("dkimpy", reference, 1.0, "")]
    for what, sign in {
        "ours, of any message": partial(signer.signed, unsigned),
        "ours, of what Segments join": partial(signer.signed, unsigned, is_plain=True),
    }.items():
        found = rate(sign)
        rows.append((what, found, found / reference, ""))
    show(f"{len(unsigned):,} bytes, signed", "dkimpy", rows)
