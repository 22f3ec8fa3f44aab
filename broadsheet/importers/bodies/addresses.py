"""Addresses as other systems write them: of the picture behind a size, of the film behind a player."""

import re
from urllib.parse import SplitResult, parse_qs, unquote, urljoin, urlsplit

SUBSTACK = re.compile(
    r"https?://(?:substackcdn\.com|cdn\.substack\.com)/image/fetch/[^/]*/?(?:[^/]*/)*?(https?[:%].+)"
)
BEEHIIV = re.compile(r"(https?://media\.beehiiv\.com/cdn-cgi/image)/[^/]+/(.+)")
GHOST_SIZE = re.compile(r"(/content/images)/size/w\d+(?:h\d+)?(?:/format/\w+)?/")
WORDPRESS_SIZE = re.compile(r"-\d{2,4}x\d{2,4}(?=\.[A-Za-z]{3,4}$)")
WORDPRESS_SCALED = re.compile(r"-scaled(?=\.[A-Za-z]{3,4}$)")
PHOTON = re.compile(r"https?://i\d\.wp\.com/(.+)")
PLAYERS = (
    (re.compile(r"(?:https?:)?//(?:www\.)?youtube(?:-nocookie)?\.com/(?:embed|v)/([\w-]+)"), "https://www.youtube.com/watch?v={}"),
    (re.compile(r"(?:https?:)?//m\.youtube\.com/watch\?(?:.*&)?v=([\w-]+).*"), "https://www.youtube.com/watch?v={}"),
    (re.compile(r"https?://(?:www\.)?youtube\.com/watch\?(?:.*&)?v=([\w-]+).*"), "https://www.youtube.com/watch?v={}"),
    (re.compile(r"https?://youtu\.be/([\w-]+).*"), "https://www.youtube.com/watch?v={}"),
    (re.compile(r"(?:https?:)?//player\.vimeo\.com/video/(\d+)"), "https://vimeo.com/{}"),
    (re.compile(r"https?://(?:www\.)?vimeo\.com/(\d+).*"), "https://vimeo.com/{}"),
    (re.compile(r"(?:https?:)?//open\.spotify\.com/embed/((?:episode|show|track|album)/\w+)"), "https://open.spotify.com/{}"),
)  # fmt: skip
LARGEST_IN_A_SET = re.compile(r"\s*(\S+)\s+(\d+)w\s*(?:,|$)")


def parts_of(address: str) -> SplitResult:
    """Its parts, of which a malformed address has none."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", "", "", "")


def host_of(address: str) -> str:
    return parts_of(address).hostname or ""


def end_of(address: str) -> str:
    """What stands last in its path: most often a slug."""
    return parts_of(address).path.rstrip("/").rpartition("/")[2]


def absolute(address: str, base: str) -> str:
    """`address` as it is meant on the page at `base`; empty where it leads nowhere."""
    address = address.strip()
    if not address:
        return ""
    try:
        is_whole = not base or address.startswith(("http://", "https://"))
        whole = address if is_whole else urljoin(base, address)
        parts = urlsplit(whole)
        if parts.scheme in {"http", "https"}:
            return whole if parts.hostname and " " not in parts.netloc else ""
    except ValueError:
        return ""
    if parts.scheme in {"mailto", "tel"}:
        return whole
    # Of a text without a known site: what stands below it still does, perhaps.
    return whole if not parts.scheme and not parts.netloc and whole.startswith("/") else ""


def picture_in(address: str) -> str:
    """The address of a picture, out of what wraps it, in its largest size."""
    if found := SUBSTACK.fullmatch(address):
        return picture_in(unquote(found[1]))
    if found := PHOTON.fullmatch(address):
        return picture_in(f"https://{found[1].partition('?')[0]}")
    if found := BEEHIIV.fullmatch(address):
        return f"{found[1]}/quality=100/{found[2]}"
    return GHOST_SIZE.sub(r"\1/", address)


def original_of(address: str) -> str:
    """By which two sizes of one picture are known for the same."""
    path = picture_in(address).partition("?")[0]
    return WORDPRESS_SCALED.sub("", WORDPRESS_SIZE.sub("", path))


def unsized(address: str) -> str:
    """A picture of WordPress as it was uploaded, or the address itself."""
    path, mark, query = address.partition("?")
    return f"{WORDPRESS_SIZE.sub('', path)}{mark}{query}"


def largest_of(srcset: str) -> str:
    sizes = [(int(width), address) for address, width in LARGEST_IN_A_SET.findall(srcset)]
    return max(sizes)[1] if sizes else ""


def page_of_player(address: str) -> str:
    """The address at which a film or sound is found, from that of its player."""
    for pattern, page in PLAYERS:
        if found := pattern.match(address):
            return page.format(found[1])
    parts = parts_of(address)
    if parts.hostname == "w.soundcloud.com":
        return parse_qs(parts.query).get("url", [address])[0]
    return f"https:{address}" if address.startswith("//") else address
