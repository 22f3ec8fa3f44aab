"""One rendition of a page, ready to be sent: its headers and its compressed bytes. Plain Python."""

import gzip
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import NamedTuple, Self
from uuid import UUID

import brotli

from broadsheet.platform.generations import Generation, Made
from broadsheet.platform.http.rendition import Rendition

LONGEST = timedelta(hours=48)
"""How old a page may be; an entitlement cookie is honoured no longer either, while the database is away."""
GZIP_LEVEL = 6
BROTLI_QUALITY = 5
"""As much smaller as gzip's best, in the time of its middle."""
LENGTHS = struct.Struct(">III")
OVERHEAD = 4_000
"""About how many bytes a page has besides its bodies, in memory."""


class Facts(NamedTuple):
    """What the verdict on an article needs to know of it."""

    article: UUID
    access: str
    edition: str
    """Its language tag: by its meter rules an allowance counts."""
    is_read: bool = True
    """Whether who gets it whole has opened the article; False: they look only for what is new in it."""


@dataclass(frozen=True, slots=True)
class StoredPage:
    path: str
    """The key: the address's path, with those parameters that the page differs by."""
    rendition: Rendition
    status: int
    headers: Sequence[tuple[str, str]]
    """Without those that depend on who asks, and how."""
    cache_control: str
    """For whoever has no cookie of ours."""
    gzip: bytes
    brotli: bytes
    """Empty where nothing but gzip is needed."""
    length: int
    digest: str
    verdict: str
    made: Made
    """The tags of what is in it, each in the generation in which it was made."""
    made_at: datetime
    fresh_for: float
    """Seconds after which it is made anew, whether it was invalidated or not."""
    until: datetime | None = None
    """When the page says too much, unless it is invalidated before."""
    facts: Facts | None = None

    @property
    def key(self) -> tuple[str, Rendition]:
        return self.path, self.rendition

    @property
    def size(self) -> int:
        """In bytes, as memory is counted."""
        return len(self.gzip) + len(self.brotli) + OVERHEAD

    @property
    def content(self) -> bytes:
        return gzip.decompress(self.gzip)

    def is_in_time(self, at: datetime) -> bool:
        return at - self.made_at <= LONGEST and (self.until is None or at < self.until)

    def kept_again(self, at: datetime) -> Self:
        return replace(self, made_at=at)

    def packed(self) -> bytes:
        head = {
            "path": self.path,
            "rendition": str(self.rendition),
            "status": self.status,
            "headers": list(self.headers),
            "cache_control": self.cache_control,
            "length": self.length,
            "digest": self.digest,
            "verdict": self.verdict,
            "made": self.made,
            "made_at": self.made_at.timestamp(),
            "fresh_for": self.fresh_for,
            "until": self.until and self.until.timestamp(),
            "facts": self.facts and (self.facts.article.hex, *self.facts[1:]),
        }
        written = json.dumps(head, separators=(",", ":")).encode()
        lengths = LENGTHS.pack(len(written), len(self.gzip), len(self.brotli))
        return b"".join((lengths, written, self.gzip, self.brotli))

    @classmethod
    def unpacked(cls, packed: bytes) -> Self:
        """Raises ValueError where `packed` is cut or of something else."""
        try:
            head_length, gzip_length, brotli_length = LENGTHS.unpack_from(packed)
        except struct.error:
            raise ValueError("too short") from None
        at = LENGTHS.size
        if len(packed) != at + head_length + gzip_length + brotli_length:
            raise ValueError("cut")
        head = json.loads(packed[at : at + head_length])
        at += head_length
        facts, until = head["facts"], head["until"]
        return cls(
            path=head["path"],
            rendition=Rendition.named(head["rendition"]),
            status=head["status"],
            headers=tuple((name, value) for name, value in head["headers"]),
            cache_control=head["cache_control"],
            gzip=packed[at : at + gzip_length],
            brotli=packed[at + gzip_length :],
            length=head["length"],
            digest=head["digest"],
            verdict=head["verdict"],
            made={tag: Generation(*generation) for tag, generation in head["made"].items()},
            made_at=datetime.fromtimestamp(head["made_at"], UTC),
            fresh_for=head["fresh_for"],
            until=datetime.fromtimestamp(until, UTC) if until else None,
            facts=Facts(UUID(facts[0]), *facts[1:]) if facts else None,
        )


def digest_of(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()


def compressed(content: bytes, *, with_brotli: bool) -> tuple[bytes, bytes]:
    """By gzip, and by brotli or nothing."""
    by_brotli = brotli.compress(content, quality=BROTLI_QUALITY) if with_brotli else b""
    # Without the time: the same page has the same bytes.
    return gzip.compress(content, GZIP_LEVEL, mtime=0), by_brotli
