"""Finds the page that answers a request, by the same verdict as everywhere else, on cookies alone."""

import time
from collections.abc import Mapping
from typing import NamedTuple

from broadsheet.edge.front.asked import Asked
from broadsheet.edge.front.pages import Key, Pages
from broadsheet.edge.front.ready import Head, ReadyPage, encoding_in, is_unchanged
from broadsheet.edge.front.rules import Rules
from broadsheet.edge.front.tallies import Tallies
from broadsheet.edge.front.visitors import Visitors, Who
from broadsheet.paywall.verdict import Reason
from broadsheet.platform.generations import Generations
from broadsheet.platform.http.rendition import PUBLIC, Rendition

LONGEST_NAME = 1_000
"""Characters of a User-Agent that are looked at, as `crawlers.known` does."""
MOST_REMEMBERED = 10_000
ELSEWHERE = {301, 308}
LONGEST_AGAIN = 1.0
"""Seconds for which the same question is not looked into again."""
NOTHING: Mapping[Key, ReadyPage] = {}


class Hit(NamedTuple):
    ready: ReadyPage
    head: Head
    raw_head: bytes
    """The status line and the headers, but for the date."""
    body: bytes
    status: int
    until: float
    """By the monotonic clock, how long the same question has this answer, if nothing is invalidated."""
    is_packed: bool
    """Whether the body is the page's own bytes."""
    opened_by: str
    """The verdict by which a reader is given the whole of an article to look at; else empty."""


class Wanted(NamedTuple):
    """A page that must be made first."""

    path: str
    rendition: Rendition


class Looking:
    def __init__(self, rules: Rules, pages: Pages, generations: Generations, tallies: Tallies) -> None:
        self.rules, self.pages, self.generations, self.tallies = rules, pages, generations, tallies
        self.visitors = Visitors()
        self._encodings: dict[bytes, str] = {}
        self._robots: dict[bytes, bool] = {}

    def look(self, asked: Asked, made: Mapping[Key, ReadyPage] = NOTHING) -> Hit | Wanted | None:
        """None: Django is to answer. `made` are pages that were made for this very request."""
        target = self.rules.target(asked.url)
        path = target.key
        if not path:
            return None
        now = time.monotonic()
        if self.pages.is_not_kept(path, now) or self._is_special(asked):
            return None
        who = self._who(asked)
        if who is None:
            return None
        public = made.get((path, PUBLIC)) or self.pages.find(path, PUBLIC, now)
        if public is None:
            return Wanted(path, PUBLIC)
        if public.page.status in ELSEWHERE and b"?" in asked.url:
            return None  # the query goes with them
        if not who.has_cookie:
            return self._hit(asked, public, who, "", now)
        found = self._form_for(who, public)
        if found is None:
            return None
        rendition, verdict = found
        if rendition is PUBLIC:
            return self._hit(asked, public, who, verdict, now)
        ready = made.get((path, rendition)) or self.pages.find(path, rendition, now)
        return self._hit(asked, ready, who, verdict, now) if ready else Wanted(path, rendition)

    def _is_special(self, asked: Asked) -> bool:
        """Whether the visitor is one whom no cookie tells: a crawler, or an institution's reader."""
        return asked.place.is_special or self.is_robot(asked.picked.get(b"user-agent", b""))

    def is_robot(self, name: bytes) -> bool:
        found = self._robots.get(name)
        if found is None:
            found = self.rules.crawlers.search(name[:LONGEST_NAME]) is not None
            if len(self._robots) >= MOST_REMEMBERED:
                self._robots.clear()
            self._robots[name] = found
        return found

    def _who(self, asked: Asked) -> Who | None:
        cookies = asked.picked.get(b"cookie", b"")
        who = self.visitors.who(cookies, self.rules, self.generations)
        return who if who.is_known else None

    def _form_for(self, who: Who, public: ReadyPage) -> tuple[Rendition, str] | None:
        """The rendition, and the verdict on an article; None: Django has to decide."""
        facts = public.page.facts
        if facts is None:
            return who.public, ""
        if (who.passes and facts.article in who.passes) or (who.edition and who.edition != facts.edition):
            return None
        verdict = who.verdict_on(public, facts, self.rules.allowance(facts.edition))
        if not (verdict.opens or who.is_whole):
            return None
        is_full = verdict.opens and verdict.reason != Reason.FREE
        return who.full if is_full else who.public, verdict.reason.value

    def _hit(self, asked: Asked, ready: ReadyPage, who: Who, verdict: str, now: float) -> Hit:
        picked, page = asked.picked, ready.page
        encoding = self._encoding(picked.get(b"accept-encoding", b""))
        status, opened_by = page.status, ""
        if who.has_cookie:
            if page.rendition.is_full and not (asked.is_head or asked.is_speculative):
                opened_by = verdict
        elif status == 200 and (b"if-none-match" in picked or b"if-modified-since" in picked):
            none_match, since = picked.get(b"if-none-match", b""), picked.get(b"if-modified-since", b"")
            status = 304 if is_unchanged(ready, encoding, none_match, since) else 200
        head, raw_head = ready.written(encoding, not who.has_cookie, status, verdict)
        body = b"" if asked.is_head or status == 304 else ready.body(encoding)
        until = min(now + LONGEST_AGAIN, ready.fresh_until, who.until_by(now))
        is_packed = bool(encoding) or not body
        return Hit(ready, head, raw_head, body, status, until, is_packed, opened_by)

    def count(self, hit: Hit) -> None:
        """That it is sent."""
        self.pages.touch(hit.ready)
        if hit.opened_by:
            self.tallies.open(hit.ready.counted_as, hit.opened_by)

    def _encoding(self, accepted: bytes) -> str:
        found = self._encodings.get(accepted)
        if found is None:
            found = encoding_in(accepted)
            if len(self._encodings) >= MOST_REMEMBERED:
                self._encodings.clear()
            self._encodings[accepted] = found
        return found
