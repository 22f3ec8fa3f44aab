"""A letter's links lead through us, so that they can be counted: in total, by nobody in particular.

A token names a row, and the row says where it leads, so that no token leads anywhere that no issue did.
"""

import re
from dataclasses import dataclass
from hmac import compare_digest

from django.db.models import F

from broadsheet.newsletters.models import Clicks, Issue, Link
from broadsheet.platform import clock
from broadsheet.platform.days import day_of
from broadsheet.platform.signed_values import Keys, salted_digest

SALT = "broadsheet.newsletters.click"
SIGNATURE = 16
"""Hexadecimal digits."""
TOKEN = re.compile(
    r"(?P<issue>[1-9][0-9]{0,17})-(?P<number>[1-9][0-9]{0,3})(?P<variant>[ab]?)-"
    rf"(?P<sign>[0-9a-f]{{{SIGNATURE}}})"
)
LONGEST = 500
"""Characters of an address that is counted. A longer one leads there directly."""

SCANNERS = re.compile(
    r"barracuda|mimecast|proofpoint|urldefense|safelinks|bitdefender|fortinet|fortimail|trendmicro|sophos"
    r"|symantec|messagelabs|cloudmark|ironport|googleimageproxy|yahoomailproxy|ggpht|bot\b|crawl|spider|preview"
    r"|scanner|headless|curl/|wget/|python-|go-http-client|java/|okhttp|libwww|httpclient",
    re.IGNORECASE,
)
"""What those who open a letter's links before its reader does call themselves, where they say so."""


@dataclass(frozen=True, slots=True)
class Followed:
    link: Link
    variant: str
    is_ours: bool
    """Whether we signed it, with a key that still counts."""


def token_of(issue: int, number: int, variant: str, url: str, key: str) -> str:
    return f"{issue}-{number}{variant}-{_signature(issue, number, variant, url, key)}"


def followed(token: str, keys: Keys) -> Followed | None:
    """None where no letter that was sent has such a link.

    Letters outlive keys: where the signature is of one that is gone, the link still leads on, uncounted.
    """
    found = TOKEN.fullmatch(token)
    if not found:
        return None
    issue, number, variant = int(found["issue"]), int(found["number"]), found["variant"]
    link = Link.objects.select_related("issue__newsletter").filter(issue=issue, number=number).first()
    if link is None:
        return None
    is_ours = any(
        compare_digest(_signature(issue, number, variant, link.url, key), found["sign"]) for key in keys
    )
    if not is_ours and link.issue.state in {Issue.State.DRAFT, Issue.State.APPROVED}:
        return None
    return Followed(link, variant, is_ours)


def count(found: Followed, *, by_machine: bool) -> None:
    if not found.is_ours:
        return
    day = day_of(clock.now(), found.link.issue.newsletter.zone)
    row, _new = Clicks.objects.get_or_create(link=found.link, day=day, variant=found.variant)
    counted = "by_machines" if by_machine else "by_people"
    Clicks.objects.filter(pk=row.pk).update(**{counted: F(counted) + 1})


def is_machine(method: str, user_agent: str, purpose: str = "") -> bool:
    """`purpose` is the header Sec-Purpose, by which browsers mark what they fetch ahead."""
    return method != "GET" or not user_agent or bool(SCANNERS.search(user_agent)) or "prefetch" in purpose


def _signature(issue: int, number: int, variant: str, url: str, key: str) -> str:
    return salted_digest(SALT, f"{issue}-{number}{variant} {url}", key).hex()[:SIGNATURE]
