"""By what two entries are found to be the same: a name's letters, a link's address."""

import re
import unicodedata
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

TITLES = frozenset(
    ["dr", "mr", "mrs", "ms", "sir", "dame", "lord", "lady", "prof", "professor", "president", "the"]
)
TRACKING = re.compile(r"^(?:utm_\w+|fbclid|gclid|mc_cid|mc_eid|igshid|ref_src)$")
DEFAULT_PORTS = {"http": 80, "https": 443}


def name_key(name: str) -> str:
    """“Dr. José Núñez” → ``jose nunez``: without case, accents, marks and titles."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    words = re.findall(r"\w+", plain)
    return " ".join([word for word in words if word not in TITLES] or words)


def normal_link(link: str) -> str:
    """`link` with its host in small letters, without fragment, default port and what only tracks readers."""
    parts = urlsplit(link.strip())
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    if parts.port and parts.port != DEFAULT_PORTS.get(parts.scheme.lower()):
        host = f"{host}:{parts.port}"
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not TRACKING.match(name)]
    # Left as it is unless something goes: encoding it again could name another page.
    query = parts.query if len(kept) == len(pairs) else urlencode(kept)
    return urlunsplit((parts.scheme.lower(), host, parts.path or "/", query, ""))


def link_key(link: str) -> str:
    """The same for two links that lead to one page: without scheme, “www.” and a slash at the end."""
    parts = urlsplit(normal_link(link))
    host = parts.netloc.removeprefix("www.")
    path = parts.path.rstrip("/")
    return f"{host}{path}" + (f"?{parts.query}" if parts.query else "")
