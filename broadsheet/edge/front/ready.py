"""A kept page as answers that only need the date, and whether it may be shown now."""

import gzip
import time
from datetime import datetime
from math import inf

from broadsheet.edge.front.tallies import counted_as
from broadsheet.edge.store.page import LONGEST, StoredPage
from broadsheet.paywall.verdict import Reason
from broadsheet.platform.generations import Generations, Made

MOMENT = 0.5
"""Seconds that a page is shown on once something of it was invalidated, while it is made anew."""
STALE_TIMES = 10
"""As `stale-while-revalidate` says: so many times as long as a page is fresh."""
MOST_ANSWERS = 12
PRIVATE = "private, no-store"
VARY = "Accept-Encoding"
STATUS_LINES = {
    200: b"HTTP/1.1 200 OK\r\n",
    301: b"HTTP/1.1 301 Moved Permanently\r\n",
    304: b"HTTP/1.1 304 Not Modified\r\n",
    308: b"HTTP/1.1 308 Permanent Redirect\r\n",
    404: b"HTTP/1.1 404 Not Found\r\n",
    410: b"HTTP/1.1 410 Gone\r\n",
}
GZIP, BROTLI, IDENTITY = "gzip", "br", ""

type Head = list[tuple[bytes, bytes]]


class Answer:
    """What is sent, again and again: the page in one form for one kind of visitor."""

    __slots__ = ("_body", "counts_as", "kind", "raw_head", "ready", "result", "status")

    def __init__(self, ready: "ReadyPage", head: Head, status: int, body: bytes | None, kind: str) -> None:
        """`kind`: by which it is counted in the metrics. Without `body` it is unpacked each time."""
        self.ready, self.status, self.kind, self._body = ready, status, kind, body
        self.result = f"{'304' if status == 304 else 'hit'} {kind}"
        lines = [name + b": " + value + b"\r\n" for name, value in head]
        self.raw_head = b"".join([STATUS_LINES[status], *lines])
        """The status line and the headers, but for the date and what ends them."""
        self.counts_as = ""
        """How an open is counted, where a reader is given the whole of an article; else empty."""

    @property
    def body(self) -> bytes:
        # The page as it is would take more memory than is counted.
        return self.ready.body(IDENTITY) if self._body is None else self._body

    @property
    def head(self) -> Head:
        lines = self.raw_head.split(b"\r\n")[1:-1]
        return [(name, value) for name, _, value in (line.partition(b": ") for line in lines)]


class ReadyPage:
    __slots__ = (
        "_answers",
        "_ends_at",
        "_invalidated_at",
        "_stale_at",
        "article",
        "decided_as",
        "fresh_until",
        "has_failed",
        "is_used",
        "key",
        "next_try",
        "page",
        "seen_in",
        "size",
    )

    def __init__(self, page: StoredPage, now: datetime) -> None:
        self.page = page
        self.size = page.size
        self.key = page.key
        self.article = page.facts.article.hex if page.facts else ""
        self.decided_as = f"{page.facts.edition} {page.facts.access}" if page.facts else ""
        """What a verdict on it depends on, besides the visitor and what they hold."""
        kept_at = time.monotonic()
        age = (now - page.made_at).total_seconds()
        ends_in = LONGEST.total_seconds() - age
        if page.until:
            ends_in = min(ends_in, (page.until - now).total_seconds())
        self._ends_at = kept_at + ends_in
        self._stale_at = kept_at + page.fresh_for - age
        self._invalidated_at = inf
        self.fresh_until = min(self._ends_at, self._stale_at)
        """By the monotonic clock, as far as is known in the generations of `seen_in`."""
        self.seen_in: Made | None = None
        self.is_used = True
        """Since it was last spared when memory was short."""
        self._answers: dict[tuple[str, bool, int, str, bool], Answer] = {}
        self.has_failed = False
        """To be made anew."""
        self.next_try = 0.0

    def accept(self, generations: Generations) -> None:
        """It was made just now, of what is newer than what this process knows, if there is a difference."""
        self.seen_in = generations.now

    def may_be_shown(self, generations: Generations, now: float) -> bool:
        """At all, at this moment of the monotonic clock."""
        if now >= self._ends_at:
            return False
        if self.seen_in is generations.now:
            return True
        if not generations.may_be_shown(self.page.made):
            self._ends_at = self.fresh_until = -inf
            return False
        if not generations.is_current(self.page.made):
            self._invalidated_at = min(self._invalidated_at, now)
            self.fresh_until = min(self.fresh_until, self._invalidated_at)
        self.seen_in = generations.now
        return True

    def is_fresh(self, now: float) -> bool:
        """Whether it need not be made anew. To be asked of what may be shown, as the next one."""
        return now < self.fresh_until

    def may_be_shown_meanwhile(self, now: float) -> bool:
        """While it is made anew: for a moment where something of it has changed, else as long as in a CDN."""
        if self.has_failed:
            return True
        if self._invalidated_at < inf:
            return now < self._invalidated_at + MOMENT
        return now < self._stale_at + STALE_TIMES * self.page.fresh_for

    def answer(self, encoding: str, for_all: bool, status: int, verdict: str, is_head: bool) -> Answer:
        """To a question for all of it, or for its head alone; `for_all`: to whoever has no cookie of ours."""
        key = encoding, for_all, status, verdict, is_head
        return self._answers.get(key) or self._answered(*key)

    def _answered(self, encoding: str, for_all: bool, status: int, verdict: str, is_head: bool) -> Answer:
        body: bytes | None = b""
        if not (is_head or status == 304):
            body = self.body(encoding) if encoding else None
        kind = verdict or self.page.verdict or ("page" if self.page.status == 200 else str(status))
        answer = Answer(self, self._head(encoding, for_all, status, verdict), status, body, kind)
        facts = self.page.facts
        if facts and facts.is_read and self.page.rendition.is_full and not is_head:
            answer.counts_as = counted_as(facts, verdict)
        if len(self._answers) >= MOST_ANSWERS:
            self._answers.clear()
        self._answers[encoding, for_all, status, verdict, is_head] = answer
        return answer

    def _head(self, encoding: str, for_all: bool, status: int, verdict: str) -> Head:
        page = self.page
        written = list(page.headers)
        written.append(("Cache-Control", page.cache_control if for_all and page.cache_control else PRIVATE))
        written.append(("Vary", VARY))
        if for_all and page.status == 200:
            written.append(("ETag", self.etag(encoding)))
        if page.facts:
            written.append(("Broadsheet-Verdict", verdict or page.verdict))
            # A free article's only rendition is the public one.
            is_full = page.rendition.is_full and verdict != Reason.FREE
            written.append(("Broadsheet-Rendition", "full" if is_full else "public"))
        written.append(("Server-Timing", "front"))
        if status != 304:
            if encoding:
                written.append(("Content-Encoding", encoding))
            written.append(("Content-Length", str(self.length(encoding))))
        return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in written]

    def etag(self, encoding: str) -> str:
        return f'"{self.page.digest}-{encoding or "identity"}"'

    def length(self, encoding: str) -> int:
        return self.page.length if encoding == IDENTITY else len(self.body(encoding))

    def body(self, encoding: str) -> bytes:
        if encoding == BROTLI and self.page.brotli:
            return self.page.brotli
        return self.page.gzip if encoding else gzip.decompress(self.page.gzip)


def encoding_in(accepted: bytes) -> str:
    """What to send to whoever sent this Accept-Encoding header; empty: the page as it is."""
    weights = {}
    for part in accepted.decode("latin-1").lower().split(","):
        name, _, parameter = part.partition(";")
        weights[name.strip()] = _weight(parameter)
    otherwise = weights.get("*", 0.0)
    if weights.get(BROTLI, otherwise) > 0:
        return BROTLI
    return GZIP if weights.get(GZIP, otherwise) > 0 else IDENTITY


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def is_unchanged(ready: ReadyPage, encoding: str, none_match: bytes, modified_since: bytes) -> bool:
    """Whether the browser has exactly this."""
    if none_match:
        etag = ready.etag(encoding).encode()
        return any(one.strip().removeprefix(b"W/") in (etag, b"*") for one in none_match.split(b","))
    if modified_since:
        changed = next((value for name, value in ready.page.headers if name == "Last-Modified"), "")
        return bool(changed) and changed.encode("latin-1") == modified_since
    return False
