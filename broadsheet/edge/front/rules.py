"""What the front decides by, as Django wrote it: see `broadsheet.edge.front_rules`."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from ipaddress import ip_network
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlsplit
from zoneinfo import ZoneInfo

from broadsheet.edge.front.networks import Networks
from broadsheet.paywall.period import Period, Span, period_at
from broadsheet.paywall.verdict import Allowance
from broadsheet.platform.signed_values import Keys

PAGE = re.compile(r"[1-9]\d{0,4}", re.ASCII)
SAFE = "/-._~!$&'()*+,;=:@"
"""What Django leaves as it is in a path."""
MOST_TARGETS = 20_000
LONGEST_REMEMBERED = 300


class Treatment(StrEnum):
    NEVER = "never"
    KEPT = "kept"
    PAGED = "paged"


class Target(NamedTuple):
    """What an address asks for."""

    key: str
    """The path under which its page is kept; empty where Django alone can answer."""
    has_query: bool


NOTHING_KEPT = Target("", False)
MALFORMED = Target("", False)


class Rules:
    def __init__(self, written: Mapping[str, Any]) -> None:
        public = urlsplit(written["public_url"])
        self.public_url: str = written["public_url"]
        self.public_host = public.netloc.encode()
        self.https: bool = written["https"]
        self.keys: Keys = tuple(written["keys"])
        self.session_cookie: str = written["session_cookie"]
        self.trusted_proxies = [ip_network(one) for one in written["trusted_proxies"]]
        self.institutions = Networks(written["institutions"])
        tokens = sorted(map(re.escape, written["crawlers"]), key=len, reverse=True)
        # Whole words, as `crawlers.known` looks for them.
        self.crawlers = re.compile(rf"\b(?:{'|'.join(tokens)})\b".encode(), re.IGNORECASE)
        self.experiments: bool = written["experiments"]
        self.spool: str = written["spool"]
        self.most_bytes: int = written["front_megabytes"] * 1024 * 1024
        self.database: dict[str, Any] = written["database"]
        self._old_queries = frozenset(written["old_queries"])
        self._zone, self._span = ZoneInfo(written["zone"]), Span(written["span"])
        self._days: int = written["days"]
        self._allowances = {tag: Allowance(*pair) for tag, pair in written["allowances"].items()}
        self._editions = frozenset(written["editions"].values())
        self._routes = [
            (re.compile(route), within, Treatment(treatment))
            for route, within, treatment in written["routes"]
        ]
        self._hosts = [host.lower() for host in written["hosts"]]
        self._known_hosts: dict[bytes, bool] = {}
        self._targets: dict[bytes, Target] = {}
        self.known_target = self._targets.get
        """As `target`, of an address that was looked at before."""

    def allowance(self, edition: str) -> Allowance:
        return self._allowances[edition]

    def period(self, at: datetime) -> Period:
        return period_at(at, self._span, self._zone, self._days)

    # --- Hosts -------------------------------------------------------------------------------------

    def is_ours(self, host: bytes) -> bool:
        """Whether a Host header names this magazine, with or without a port."""
        known = self._known_hosts.get(host)
        if known is None:
            known = self._is_ours(host)
            if known:  # of the others there is no end
                self._known_hosts[host] = known
        return known

    def _is_ours(self, host: bytes) -> bool:
        match = HOST.fullmatch(host.strip(b" \t"))
        if not match or len(self._known_hosts) > 1_000:
            return False
        name = match[1].decode("ascii").lower().removesuffix(".")
        return any(
            name == allowed or (allowed.startswith(".") and (name.endswith(allowed) or name == allowed[1:]))
            for allowed in self._hosts
        )

    # --- Addresses ---------------------------------------------------------------------------------

    def target(self, url: bytes) -> Target:
        """Of what an address asks for, by its path and the query that we know; remembered, boundedly."""
        found = self._targets.get(url)
        if found is None:
            found = self._target(url)
            if len(url) <= LONGEST_REMEMBERED:
                if len(self._targets) >= MOST_TARGETS:
                    self._targets.clear()
                self._targets[url] = found
        return found

    def _target(self, url: bytes) -> Target:
        if not url.startswith(b"/") or not url.isascii() or b"#" in url:
            return MALFORMED
        raw, mark, query = url.partition(b"?")
        try:
            path = unquote_to_bytes(raw).decode()
        except UnicodeDecodeError:
            return NOTHING_KEPT
        # One page has one address: what is written in another way, Django may redirect or refuse.
        if quote(path, safe=SAFE).encode() != raw or "//" in path or "/." in path or "\0" in path:
            return NOTHING_KEPT
        whole = path.removeprefix("/")
        if query and self._may_be_old(whole, query):
            return NOTHING_KEPT
        treatment = self._treatment(whole, self._within_edition(whole))
        if treatment == Treatment.NEVER:
            return NOTHING_KEPT
        page = _page_in(query) if treatment == Treatment.PAGED and query else ""
        if page is None:
            return NOTHING_KEPT
        return Target(f"{raw.decode()}?page={page}" if page else raw.decode(), bool(mark))

    def _within_edition(self, path: str) -> str:
        """`path` without the prefix of an edition."""
        first, _, rest = path.partition("/")
        return rest if first and first in self._editions else path

    def _may_be_old(self, whole: str, query: bytes) -> bool:
        """Whether it asks a front for what an old site had there, as /?p=123: Django knows where that is."""
        if not self._old_queries or self._within_edition(whole):
            return False
        names = (name for name, _value in parse_qsl(query.decode("ascii"), keep_blank_values=True))
        return not self._old_queries.isdisjoint(names)

    def _treatment(self, whole: str, inner: str) -> Treatment:
        for route, is_in_edition, treatment in self._routes:
            if route.search(inner if is_in_edition else whole):
                return treatment
        # There is no such page, or it is elsewhere.
        return Treatment.KEPT


HOST = re.compile(rb"([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?")


def _page_in(query: bytes) -> str | None:
    """The number of a list's page, empty for the first; None where it is written in a way of its own."""
    pages = [
        value for name, value in parse_qsl(query.decode("ascii"), keep_blank_values=True) if name == "page"
    ]
    if not pages:
        return ""
    if len(pages) > 1 or not PAGE.fullmatch(pages[0]):
        return None
    return "" if pages[0] == "1" else pages[0]
