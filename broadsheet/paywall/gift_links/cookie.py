"""What a gift link leaves in the browser in which it was opened: one signed cookie for its article.

It ends when the link does, and does not ask whether that was revoked meanwhile. A cookie that is forged, cut,
oversized or past its end counts as absent. Plain Python, with the keys handed in: the front reads it without
Django.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from broadsheet.platform.signed_values import Keys, SignedValue

GIFT_PREFIX = "broadsheet_gift_"
GIFT_NAME = re.compile(rf"{GIFT_PREFIX}([0-9a-f]{{32}})")
GIFT_VALUE = re.compile(r"\d{1,11}", re.ASCII)  # the end, in seconds
LONGEST_VALUE = 70  # what stands in it and a signature have about 55 characters
MOST_COOKIES = 200  # browsers keep no more of one site; a jar stuffed beyond it is not worth verifying


def _signed(article: str) -> SignedValue:
    return SignedValue(f"broadsheet.paywall.gift.{article}", GIFT_VALUE, LONGEST_VALUE)


def sign_gift(article: UUID, until: datetime, keys: Keys) -> str:
    return _signed(article.hex).sign(str(int(until.timestamp())), keys)


def gifts_in(cookies: Mapping[str, str], keys: Keys, at: datetime) -> frozenset[UUID]:
    """The articles that were given to this visitor, and are open `at` that moment still."""
    names = [name for name in cookies if name.startswith(GIFT_PREFIX)]
    found = (_gift(name, cookies[name], keys, at) for name in names[:MOST_COOKIES])
    return frozenset(article for article in found if article)


def _gift(name: str, value: str, keys: Keys, at: datetime) -> UUID | None:
    match = GIFT_NAME.fullmatch(name)
    end = _signed(match[1]).read(value, keys) if match else None
    if not match or not end or at.timestamp() >= int(end[0]):
        return None
    return UUID(match[1])
