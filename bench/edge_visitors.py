"""Who asks in `bench.edge`: run by the product's own Python, which has the keys that sign cookies.

Subscribers and readers bring what their browser has once Django has introduced them; that lasts five
minutes, so they are made just before they ask.
"""

import json
import random
from datetime import timedelta
from typing import Any

from django.conf import settings

from broadsheet.editorial.models import Article
from broadsheet.membership.entitlement_cookie import COOKIE as ENTITLEMENT
from broadsheet.membership.entitlement_cookie import EntitlementCookie
from broadsheet.paywall.access import ruling
from broadsheet.paywall.reader_cookie import COOKIE as READER
from broadsheet.paywall.reader_cookie import ReaderCookie
from broadsheet.platform import clock
from broadsheet.platform.http.signed_cookies import signing_keys

OPENED = 5
"""Articles that each reader has opened."""


def tell(number: int) -> None:
    """Prints paths of articles, and the cookies of so many subscribers and readers."""
    articles = list(Article.objects.live().filter(locale__language_code=settings.LANGUAGE_CODE))
    metered = [article for article in articles if ruling(article).access == "metered"]
    told: dict[str, Any] = {
        "metered": [article.get_url() for article in metered],
        "all": [article.get_url() for article in articles],
        "subscribers": [_subscriber(1_000_000 + place) for place in range(number)],
        "readers": [_reader(2_000_000 + place, metered) for place in range(number)],
    }
    print(json.dumps(told))  # noqa: T201 (what bench.edge reads)


def _subscriber(person: int) -> str:
    now = clock.now()
    cookie = EntitlementCookie.until(now + timedelta(days=30), person, now)
    assert cookie  # noqa: S101 (the right does not end today)
    return f"{settings.SESSION_COOKIE_NAME}={person:032x}; {ENTITLEMENT}={cookie.sign(signing_keys())}"


def _reader(person: int, metered: list[Article]) -> tuple[str, list[str]]:
    """Their cookies, and the paths of what they have opened."""
    opened = random.Random(person).sample(metered, min(OPENED, len(metered)))  # noqa: S311 (no secret)
    granted = [article.uuid for article in opened]
    cookie = ReaderCookie.of(person, settings.LANGUAGE_CODE, granted, len(granted), clock.now(), None)
    written = f"{settings.SESSION_COOKIE_NAME}={person:032x}; {READER}={cookie.sign(signing_keys())}"
    return written, [article.get_url() for article in opened]
