"""The reader cookie: what a registered reader has opened, signed, in their browser, for five minutes.

With it the front decides on their next page without Django. It says nothing that its reader doesn't know, and
opens nothing that they haven't opened. Plain Python, with the keys handed in.
"""

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self
from uuid import UUID

from broadsheet.platform.signed_values import Keys, SignedValue

COOKIE = "broadsheet_reader"
FRESH = timedelta(minutes=5)
MOST_GRANTS = 60
"""Browsers keep 4096 characters of a cookie."""
# The person, two moments in seconds (issued, fresh until), the edition, how many are spent, the articles.
VALUE = re.compile(r"(\d{1,19})\.(\d{1,11})\.(\d{1,11})\.([A-Za-z-]{2,35})\.(\d{1,6})\.([\w-]*)", re.ASCII)
SIGNED = SignedValue("broadsheet.paywall.reader", VALUE, longest=1_600)


def reader_tag(person_id: int) -> str:
    """What is invalidated when a reader has got a right that this cookie says nothing of."""
    return f"reader:{person_id}"


@dataclass(frozen=True, slots=True)
class ReaderCookie:
    person_id: int
    issued_at: datetime
    fresh_until: datetime
    edition: str
    """By whose meter rules it was made, by its language tag."""
    spent: int
    granted: frozenset[UUID]
    """Those that are open, at most `MOST_GRANTS`."""

    @classmethod
    def of(
        cls,
        person_id: int,
        edition: str,
        granted: Iterable[UUID],
        spent: int,
        at: datetime,
        period_ends_at: datetime | None,
    ) -> Self:
        """`granted` begins with the newest."""
        at = at.replace(microsecond=0)
        fresh_until = min(at + FRESH, period_ends_at) if period_ends_at else at + FRESH
        return cls(person_id, at, fresh_until, edition, spent, frozenset(list(granted)[:MOST_GRANTS]))

    @property
    def is_whole(self) -> bool:
        """Whether an article that isn't in it was not opened."""
        return len(self.granted) < MOST_GRANTS

    def sign(self, keys: Keys) -> str:
        packed = base64.urlsafe_b64encode(b"".join(sorted(uuid.bytes for uuid in self.granted))).rstrip(b"=")
        moments = f"{int(self.issued_at.timestamp())}.{int(self.fresh_until.timestamp())}"
        return SIGNED.sign(f"{self.person_id}.{moments}.{self.edition}.{self.spent}.{packed.decode()}", keys)


def reader_cookie_in(cookies: Mapping[str, str], keys: Keys) -> ReaderCookie | None:
    """None where it is forged, cut or oversized."""
    parts = SIGNED.read(cookies.get(COOKIE, ""), keys)
    if not parts:
        return None
    packed = parts[6] + "=" * (-len(parts[6]) % 4)
    articles = base64.urlsafe_b64decode(packed)
    granted = frozenset(UUID(bytes=articles[at : at + 16]) for at in range(0, len(articles) - 15, 16))
    issued_at, fresh_until = (datetime.fromtimestamp(int(parts[n]), UTC) for n in (2, 3))
    return ReaderCookie(int(parts[1]), issued_at, fresh_until, parts[4], int(parts[5]), granted)
