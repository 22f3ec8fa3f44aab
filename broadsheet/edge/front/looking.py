"""Finds the page that answers a request, by the same verdict as everywhere else, on cookies alone."""

import time
from collections.abc import Mapping
from typing import NamedTuple

from broadsheet.edge.front.asked import Place, Told
from broadsheet.edge.front.pages import Key, Pages
from broadsheet.edge.front.ready import Answer, ReadyPage, encoding_in, is_unchanged
from broadsheet.edge.front.rules import Rules, Target
from broadsheet.edge.front.visitors import STRANGER, Visitors
from broadsheet.platform.generations import Generations
from broadsheet.platform.http.rendition import PUBLIC, Rendition

LONGEST_NAME = 1_000
"""Characters of a User-Agent that are looked at, as `crawlers.known` does."""
MOST_REMEMBERED = 10_000
ELSEWHERE = {301, 308}
NOTHING: Mapping[Key, ReadyPage] = {}


class Wanted(NamedTuple):
    """A page that must be made first."""

    path: str
    rendition: Rendition


class Looking:
    """What is done for each request is done here, so that little is made or called that needn't be."""

    def __init__(self, rules: Rules, pages: Pages, generations: Generations) -> None:
        self.rules, self.pages, self.generations = rules, pages, generations
        self.visitors = Visitors()
        self._encodings: dict[bytes, str] = {}
        self._robots: dict[bytes, bool] = {}

    def look(
        self,
        target: Target,
        told: Told,
        cookies: bytes,
        place: Place,
        is_head: bool,
        made: Mapping[Key, ReadyPage] = NOTHING,
    ) -> Answer | Wanted | None:
        """None: Django is to answer. `cookies` count, not those of `told`.

        `made` are pages that were made for this very request.
        """
        path = target.key
        _, _, browser, accepted, none_match, since, _, _, _, _ = told
        is_robot = self._robots.get(browser)
        if is_robot is None:
            is_robot = self._is_robot(browser)
        # Whom no cookie tells: a crawler, and an institution's reader.
        if is_robot or place.is_special or not path:
            return None
        now = time.monotonic()
        who = self.visitors.who(cookies, self.rules, self.generations, now) if cookies else STRANGER
        if not who.is_known:
            return None
        ready = self.pages.find(path, PUBLIC, now) or made.get((path, PUBLIC))
        if ready is None:
            return None if self.pages.is_not_kept(path, now) else Wanted(path, PUBLIC)
        status, verdict, page = ready.page.status, "", ready.page
        if status in ELSEWHERE and target.has_query:
            return None  # the query goes with them
        encoding = self._encodings.get(accepted)
        if encoding is None:
            encoding = self._encoding(accepted)
        if not who.has_cookie:
            if (none_match or since) and status == 200 and is_unchanged(ready, encoding, none_match, since):
                status = 304
            return ready.answer(encoding, True, status, "", is_head)
        if page.facts is None:
            rendition = who.public
        else:
            form = who.form_of(ready, page.facts, self.rules)
            if form is None:
                return None
            rendition, verdict = form
        if rendition is not PUBLIC:
            own = self.pages.find(path, rendition, now) or made.get((path, rendition))
            if own is None:
                return Wanted(path, rendition)
            ready, status = own, own.page.status
        return ready.answer(encoding, False, status, verdict, is_head)

    def _is_robot(self, name: bytes) -> bool:
        found = self.rules.crawlers.search(name[:LONGEST_NAME]) is not None
        if len(self._robots) >= MOST_REMEMBERED:
            self._robots.clear()
        self._robots[name] = found
        return found

    def _encoding(self, accepted: bytes) -> str:
        found = encoding_in(accepted)
        if len(self._encodings) >= MOST_REMEMBERED:
            self._encodings.clear()
        self._encodings[accepted] = found
        return found
