"""What pages may load and run, by the Content-Security-Policy header."""

from typing import Any

from django.utils.csp import CSP

# Readers' pages: nothing inline, nothing from elsewhere but the player an embed's button loads.
READERS_PAGES = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "media-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
    "frame-src": [
        "https://www.youtube-nocookie.com",
        "https://player.vimeo.com",
        "https://w.soundcloud.com",
        "https://open.spotify.com",
    ],
    "frame-ancestors": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
}
# The desk is Wagtail's: its date fields, inline panels and pictures' focal points come with inline scripts,
# some of them as attributes, which no nonce reaches. It needs no eval, and nothing from elsewhere.
DESK = READERS_PAGES | {
    "script-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "frame-src": [CSP.SELF],
}


def readers_pages(pay_at: list[str]) -> dict[str, Any]:
    """`pay_at`: where the form of an order may lead, by a redirect."""
    return READERS_PAGES | {"form-action": [CSP.SELF, *pay_at]}


def stripes_pages(api: str, domain: str) -> list[str]:
    """Those that take cards, a publication’s own `domain` for them too. A double has them beside its API."""
    own = [f"https://{domain}"] if domain else []
    if api != "https://api.stripe.com":
        own.append(api)
    return ["https://checkout.stripe.com", "https://billing.stripe.com", *own]
