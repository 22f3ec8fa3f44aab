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
from broadsheet.platform.http.rendition import PUBLIC, Audience, Rendition

LONGEST_NAME = 1_000
"""Characters of a User-Agent that are looked at, as `crawlers.known` does."""
MOST_REMEMBERED = 10_000
FORMS = {
    (audience, is_full): Rendition(audience, is_full) for audience in Audience for is_full in (False, True)
}
ELSEWHERE = {301, 308}
NOTHING: Mapping[Key, ReadyPage] = {}


class Hit(NamedTuple):
    ready: ReadyPage
    encoding: str
    for_all: bool
    status: int
    verdict: str
    """Empty where the page itself says it."""

    @property
    def raw_head(self) -> bytes:
        """The status line and the headers, but for the date."""
        return self.ready.raw_head(self.encoding, self.for_all, self.status, self.verdict)

    @property
    def head(self) -> Head:
        return self.ready.head(self.encoding, self.for_all, self.status, self.verdict)


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
            return self._hit(asked, public, who, "")
        found = self._form_for(who, public)
        if found is None:
            return None
        rendition, verdict = found
        if rendition == PUBLIC:
            return self._hit(asked, public, who, verdict)
        ready = made.get((path, rendition)) or self.pages.find(path, rendition, now)
        return self._hit(asked, ready, who, verdict) if ready else Wanted(path, rendition)

    def _is_special(self, asked: Asked) -> bool:
        """Whether the visitor is one whom no cookie tells: a crawler, or an institution's reader."""
        return self.is_robot(asked.picked.get(b"user-agent", b"")) or asked.address in self.rules.institutions

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
            return FORMS[who.audience, False], ""
        if facts.article in who.passes or (who.edition and who.edition != facts.edition):
            return None
        verdict = who.verdict_on(facts, self.rules.allowance(facts.edition))
        if not (verdict.opens or who.is_whole):
            return None
        is_full = verdict.opens and verdict.reason != Reason.FREE
        return FORMS[who.audience, is_full], verdict.reason.value

    def _hit(self, asked: Asked, ready: ReadyPage, who: Who, verdict: str) -> Hit:
        picked, page = asked.picked, ready.page
        encoding = self._encoding(picked.get(b"accept-encoding", b""))
        if who.has_cookie:
            if page.rendition.is_full and page.facts and not (asked.is_head or asked.is_speculative):
                self.tallies.open(page.facts, verdict)
            return Hit(ready, encoding, False, page.status, verdict)
        none_match = picked.get(b"if-none-match", b"")
        if (none_match or b"if-modified-since" in picked) and page.status == 200:
            since = picked.get(b"if-modified-since", b"")
            if is_unchanged(ready, encoding, none_match, since):
                return Hit(ready, encoding, True, 304, verdict)
        return Hit(ready, encoding, True, page.status, verdict)

    def _encoding(self, accepted: bytes) -> str:
        found = self._encodings.get(accepted)
        if found is None:
            found = encoding_in(accepted)
            if len(self._encodings) >= MOST_REMEMBERED:
                self._encodings.clear()
            self._encodings[accepted] = found
        return found
