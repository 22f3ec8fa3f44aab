"""Finds the page that answers a request, by the same verdict as everywhere else, on cookies alone."""

from collections.abc import Mapping
from typing import NamedTuple

from broadsheet.edge.front.asked import Told, is_speculative
from broadsheet.edge.front.pages import Key, Pages
from broadsheet.edge.front.ready import Answer, ReadyPage, encoding_in, is_unchanged
from broadsheet.edge.front.rules import Rules, Target
from broadsheet.edge.front.visitors import STRANGER, Kind, Visitors, Who
from broadsheet.platform.generations import Generations
from broadsheet.platform.http.rendition import PUBLIC, Rendition

LONGEST_NAME = 1_000
"""Characters of a User-Agent that are looked at, as `crawlers.known` does."""
MOST_REMEMBERED = 10_000
MOST_ANSWERS = 200
"""Of one path that are found at once."""
ELSEWHERE = {301, 308}
NOTHING: Mapping[Key, ReadyPage] = {}


class Wanted(NamedTuple):
    """A page that must be made first."""

    path: str
    rendition: Rendition


type Words = tuple[str, bytes, bytes, bool]
"""What a form is made of: see there."""


class Form:
    """In what form a browser asks for a page. There is one object of each, compared by what it is."""

    __slots__ = ("encoding", "is_reading", "modified_since", "none_match")

    def __init__(self, encoding: str, none_match: bytes, modified_since: bytes, is_reading: bool) -> None:
        self.encoding, self.none_match, self.modified_since = encoding, none_match, modified_since
        self.is_reading = is_reading
        """Whether somebody is there, so that an open counts."""


class Lately:
    """The public page of a path, and what was answered since it was made, by what decided about it."""

    __slots__ = ("answers", "public")

    def __init__(self, public: ReadyPage) -> None:
        self.public = public
        self.answers: dict[tuple[Kind, bool, Form], Answer] = {}


class Looking:
    """What is done for each request is done here, so that little is made or called that needn't be."""

    def __init__(self, rules: Rules, pages: Pages, generations: Generations) -> None:
        self.rules, self.pages, self.generations = rules, pages, generations
        self.visitors = Visitors()
        self._lately: dict[str, Lately] = {}
        # It would keep pages that are to leave the memory.
        pages.when_dropped = self._forget_path
        self._forms: dict[tuple[bytes, ...], Form | None] = {}
        self._same_forms: dict[Words, Form] = {}

    def take(self, rules: Rules) -> None:
        self.rules = rules
        self._forms.clear()
        self._same_forms.clear()
        self.forget()

    def forget(self) -> None:
        """Who asks, and so what was decided about them, is to be found out anew."""
        self.visitors.forget()
        self._lately.clear()

    def _forget_path(self, path: str) -> None:
        self._lately.pop(path, None)

    def form_of(self, told: Told) -> Form | None:
        """None for robots: whether it is one that may read all, Django knows."""
        key = told[2:8]
        try:
            return self._forms[key]
        except KeyError:
            if len(self._forms) >= MOST_REMEMBERED:
                self._forms.clear()
            found = self._forms[key] = self._find_form(told)
            return found

    def _find_form(self, told: Told) -> Form | None:
        _, _, browser, accepted, none_match, modified_since, purpose, other_purpose, _, _ = told
        if self.rules.crawlers.search(browser[:LONGEST_NAME]):
            return None
        is_reading = not is_speculative(purpose, other_purpose)
        words = encoding_in(accepted), none_match, modified_since, is_reading
        found = self._same_forms.get(words)
        if found is None:
            if len(self._same_forms) >= MOST_REMEMBERED:
                self._same_forms.clear()
            found = self._same_forms[words] = Form(*words)
        return found

    def who(self, cookies: bytes, now: float) -> Who:
        return self.visitors.who(cookies, self.rules, self.generations, now) if cookies else STRANGER

    def again(self, path: str, form: Form, who: Who, now: float) -> Answer | None:
        """What was answered lately to the same question, if it still is the answer."""
        lately = self._lately.get(path)
        if lately is None or not who.is_by_kind:
            return None
        public, generations = lately.public, self.generations.now
        answer = lately.answers.get((who.kind, public.article in who.granted, form))
        if answer is None:
            return None
        shown = answer.ready
        if (
            public.seen_in is generations
            and shown.seen_in is generations
            and now < public.fresh_until
            and now < shown.fresh_until
        ):
            public.is_used = shown.is_used = True
            return answer
        return None

    def look(
        self,
        target: Target,
        form: Form,
        who: Who,
        now: float,
        *,
        is_head: bool = False,
        made: Mapping[Key, ReadyPage] = NOTHING,
    ) -> Answer | Wanted | None:
        """None: Django is to answer. `made` are pages that were made for this very request."""
        path, kind = target.key, who.kind
        if not (path and kind.is_known):
            return None
        public = self.pages.find(path, PUBLIC, now) or made.get((path, PUBLIC))
        if public is None:
            return None if self.pages.is_not_kept(path, now) else Wanted(path, PUBLIC)
        status, verdict, rendition = public.page.status, "", kind.public
        if status in ELSEWHERE and target.has_query:
            return None  # the query goes with them
        if kind.has_cookie and public.page.facts:
            decided = who.form_of(public.page.facts, self.rules)
            if decided is None:
                return None
            rendition, verdict = decided
        shown = public
        if rendition is not PUBLIC:
            own = self.pages.find(path, rendition, now) or made.get((path, rendition))
            if own is None:
                return Wanted(path, rendition)
            shown, status = own, own.page.status
        if not kind.has_cookie and status == 200 and _has(form, shown):
            status = 304
        answer = shown.answer(form.encoding, not kind.has_cookie, status, verdict, is_head)
        if who.is_by_kind and status in {200, 304} and not (is_head or made):
            self._remember(path, public, (kind, public.article in who.granted, form), answer)
        return answer

    def _remember(self, path: str, public: ReadyPage, key: tuple[Kind, bool, Form], answer: Answer) -> None:
        lately = self._lately.get(path)
        if lately is None or lately.public is not public or len(lately.answers) >= MOST_ANSWERS:
            lately = self._lately[path] = Lately(public)
        lately.answers[key] = answer


def _has(form: Form, page: ReadyPage) -> bool:
    """Whether the browser has exactly this."""
    if not (form.none_match or form.modified_since):
        return False
    return is_unchanged(page, form.encoding, form.none_match, form.modified_since)
