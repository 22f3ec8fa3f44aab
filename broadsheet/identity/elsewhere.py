"""The magazine's accounts on other sites, as they are typed: an address a line."""

import re
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LINK = re.compile(r"https?://[^\s/]+\.[^\s]+")
NAMED_SITES = {
    "bsky.app": "Bluesky",
    "facebook.com": "Facebook",
    "instagram.com": "Instagram",
    "linkedin.com": "LinkedIn",
    "pinterest.com": "Pinterest",
    "reddit.com": "Reddit",
    "t.me": "Telegram",
    "threads.com": "Threads",
    "threads.net": "Threads",
    "tiktok.com": "TikTok",
    "twitter.com": "X",
    "whatsapp.com": "WhatsApp",
    "x.com": "X",
    "youtube.com": "YouTube",
}
MOST_LINKS = 8


def links_in(typed: str) -> list[str]:
    """Each once, in order; raises ValidationError."""
    links = [line.strip() for line in typed.splitlines() if line.strip()]
    for link in links:
        if not LINK.fullmatch(link):
            raise ValidationError(
                _("“%(typed)s” is no address. Each begins with https://.") % {"typed": link[:80]}
            )
    if len(links) > MOST_LINKS:
        raise ValidationError(_("There is room for %(number)d of them.") % {"number": MOST_LINKS})
    return list(dict.fromkeys(links))


def site_of(link: str) -> str:
    """Its name where we know it, else the host."""
    host = (urlsplit(link).hostname or "").removeprefix("www.")
    if name := NAMED_SITES.get(host):
        return name
    return "Mastodon" if "/@" in link else host
