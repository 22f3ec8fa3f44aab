"""A stranger's grants: one signed cookie for each article opened.

The server stores nothing about strangers. A cookie that is forged, cut or oversized counts as absent. Plain
Python, with the keys handed in: the front reads them without Django.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from broadsheet.paywall.holding import HeldGrant
from broadsheet.paywall.period import Period
from broadsheet.platform.signed_values import Keys, SignedValue

GRANT_PREFIX = "broadsheet_read_"
GRANT_NAME = re.compile(rf"{GRANT_PREFIX}([0-9a-f]{{32}})")
# The key of the period, when it was granted and until when it is open, in seconds; empty: for ever.
GRANT_VALUE = re.compile(r"([\w-]{1,20})\.(\d{1,11})\.(\d{0,11})", re.ASCII)
LONGEST_VALUE = 100  # what stands in it and a signature have about 75 characters
MOST_COOKIES = 200  # more than any allowance; a jar stuffed beyond it is not worth verifying


def _signed(article: str) -> SignedValue:
    return SignedValue(f"broadsheet.paywall.grant.{article}", GRANT_VALUE, LONGEST_VALUE)


def sign_grant(article: UUID, period: Period, at: datetime, keys: Keys) -> str:
    """The value of the cookie that keeps `article`, granted `at` a moment, open to the end of `period`."""
    until = int(period.ends_at.timestamp()) if period.ends_at else ""
    return _signed(article.hex).sign(f"{period.key}.{int(at.timestamp())}.{until}", keys)


def grants_in(cookies: Mapping[str, str], keys: Keys) -> list[HeldGrant]:
    """The grants in a stranger's cookies, of whatever period."""
    names = [name for name in cookies if name.startswith(GRANT_PREFIX)]
    found = (_grant(name, cookies[name], keys) for name in names[:MOST_COOKIES])
    return [grant for grant in found if grant]


def _grant(name: str, value: str, keys: Keys) -> HeldGrant | None:
    match = GRANT_NAME.fullmatch(name)
    parts = _signed(match[1]).read(value, keys) if match else None
    if not match or not parts:
        return None
    key, granted_at, open_until = parts.groups()
    return HeldGrant(UUID(match[1]), key, _moment(granted_at), _moment(open_until) if open_until else None)


def _moment(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
