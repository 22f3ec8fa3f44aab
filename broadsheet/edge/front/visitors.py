"""Who asks, as far as their cookies tell. What they can't tell, Django is asked."""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from math import inf
from uuid import UUID

from broadsheet.edge.front.ready import ReadyPage
from broadsheet.edge.front.rules import Rules
from broadsheet.edge.store.page import Facts
from broadsheet.membership.entitlement_cookie import COOKIE as ENTITLEMENT
from broadsheet.membership.entitlement_cookie import EntitlementCookie, entitlement_cookie_in, is_revoked
from broadsheet.membership.passes import COOKIE_PREFIX as PASS_PREFIX
from broadsheet.paywall.gift_links.cookie import GIFT_PREFIX, gifts_in
from broadsheet.paywall.grant_cookies import GRANT_PREFIX, grants_in
from broadsheet.paywall.holding import Holding
from broadsheet.paywall.reader_cookie import COOKIE as READER
from broadsheet.paywall.reader_cookie import ReaderCookie, reader_cookie_in, reader_tag
from broadsheet.paywall.verdict import Reason, Visitor, decide
from broadsheet.platform import clock
from broadsheet.platform.generations import OVERLAP, Generations, Made
from broadsheet.platform.http.rendition import Audience, Rendition

PREFIX = "broadsheet_"
RAW_PREFIX = PREFIX.encode()
INDIFFERENT = {
    *(ENTITLEMENT, READER, "broadsheet_left", "broadsheet_library", "broadsheet_offline", "broadsheet_csrf")
}
"""Cookies that decide nothing, or nothing by themselves."""
TRIAL = "broadsheet_trial"
MOST_VISITORS = 20_000
MOST_BYTES = 16 * 1024 * 1024
"""Of their cookies, together."""
MOST_FORMS = 64
REMEMBERED = timedelta(minutes=5)
SECONDS_UNDECIDED = 10.0
LONGEST_COOKIES = 8_192


type Form = tuple[Rendition, str]
"""Of an article: the rendition that a visitor gets, and why."""


class Forms:
    """What those get who differ in nothing but in which articles they hold, by what decides about an article.

    Thousands share the same few, which stay in the processor’s cache, as those of each visitor would not.
    """

    __slots__ = ("of_held", "of_others")

    def __init__(self) -> None:
        self.of_others: dict[str, Form] = {}
        self.of_held: dict[str, Form] = {}


class Who:
    """A visitor, as long as what their cookies say stands."""

    __slots__ = (
        "_gifts",
        "_granted",
        "audience",
        "edition",
        "ends_at",
        "forms",
        "full",
        "has_cookie",
        "is_known",
        "is_whole",
        "issued_at",
        "passes",
        "person_id",
        "public",
        "seen_in",
        "visitor",
    )

    def __init__(self, visitor: Visitor, audience: Audience, lasts: float, *, is_known: bool = True) -> None:
        """`lasts`: so many seconds from now."""
        self.visitor, self.audience, self.is_known = visitor, audience, is_known
        self.ends_at = time.monotonic() + lasts
        self.public = Rendition.of(audience, is_full=False)
        self.full = Rendition.of(audience, is_full=True)
        self.has_cookie = True
        """Of ours: what they get is for nobody else to keep."""
        self.edition = ""
        """In which alone their grants are known; empty: in each."""
        self.is_whole = True
        self.passes: frozenset[UUID] = frozenset()
        """Articles to which a newsletter's link may lead them: Django says."""
        self.person_id = 0
        self.issued_at: datetime | None = None
        self.seen_in: Made | None = None
        """The generations in which nothing of theirs was revoked."""
        self._gifts = frozenset(article.hex for article in visitor.gifts)
        self._granted = frozenset(article.hex for article in visitor.granted)
        self.forms = Forms()

    @property
    def kind(self) -> tuple[Visitor, Audience, bool]:
        """All that decides about an article which they don't hold, and about any that they do."""
        return replace(self.visitor, gifts=frozenset(), granted=frozenset()), self.audience, self.is_whole

    def form_of(self, article: ReadyPage, facts: Facts, rules: Rules) -> Form | None:
        """Of the article that `article` shows, of which these are the facts. None: Django has to decide.

        The verdict on an article depends on its access, and on whether the visitor holds it, alone.
        """
        if (self.passes and facts.article in self.passes) or (self.edition and self.edition != facts.edition):
            return None
        if article.article in self._gifts:
            return self._decide(facts, rules)
        forms = self.forms.of_held if article.article in self._granted else self.forms.of_others
        form = forms.get(article.decided_as) or self._decide(facts, rules)
        if form and len(forms) < MOST_FORMS:
            forms[article.decided_as] = form
        return form

    def _decide(self, facts: Facts, rules: Rules) -> Form | None:
        verdict = decide(facts.article, facts.access, self.visitor, rules.allowance(facts.edition))
        if not (verdict.opens or self.is_whole):
            return None
        is_full = verdict.opens and verdict.reason != Reason.FREE
        return self.full if is_full else self.public, verdict.reason.value


STRANGER = Who(Visitor(), Audience.STRANGER, inf)
STRANGER.has_cookie = False


class Visitors:
    """Those whose cookies were verified lately, so that a reader's next page costs no signature."""

    def __init__(self) -> None:
        self._known: dict[bytes, Who] = {}
        self._forms: dict[tuple[Visitor, Audience, bool], Forms] = {}
        self._size = 0
        self.database_is_away = False

    def forget(self) -> None:
        self._known.clear()
        self._forms.clear()
        self._size = 0

    def knows(self, cookies: bytes) -> bool:
        """Whether this Cookie header came before, with one of ours."""
        return cookies in self._known

    def who(self, cookies: bytes, rules: Rules, generations: Generations, now: float) -> Who:
        """Whoever sent `cookies`, a Cookie header, at this moment of the monotonic clock.

        Its `is_known` may be false.
        """
        who = self._known.get(cookies)
        if who is None:
            if RAW_PREFIX not in cookies:
                return STRANGER
        elif now < who.ends_at and (who.seen_in is generations.now or self._still(who, generations)):
            return who
        who = self._who(cookies, rules, generations, clock.now())
        who.seen_in = generations.now
        if len(self._known) >= MOST_VISITORS or self._size > MOST_BYTES:
            self.forget()
        who.forms = self._forms.setdefault(who.kind, who.forms)
        self._known[cookies] = who
        self._size += len(cookies)
        return who

    def _still(self, who: Who, generations: Generations) -> bool:
        """Whether nothing of theirs was revoked meanwhile."""
        is_reader = who.audience == Audience.READER
        if who.issued_at and _revoked(generations, who.person_id, who.issued_at, is_reader=is_reader):
            return False
        who.seen_in = generations.now
        return True

    def _who(self, written: bytes, rules: Rules, generations: Generations, now: datetime) -> Who:
        cookies = cookies_in(written)
        if not cookies:
            return STRANGER
        undecided = Who(Visitor(), Audience.STRANGER, SECONDS_UNDECIDED, is_known=False)
        if cookies is TOO_MANY or not self._can_decide(cookies, rules):
            return undecided
        if rules.session_cookie not in cookies:
            return _stranger(cookies, rules, now)
        entitlement = entitlement_cookie_in(cookies, rules.keys)
        if entitlement and (who := self._subscriber(entitlement, generations, now)):
            return who
        reader = reader_cookie_in(cookies, rules.keys)
        if reader and (who := _reader(reader, generations, now)):
            who.passes = _passes(cookies)
            return who
        return undecided

    def _can_decide(self, cookies: Mapping[str, str], rules: Rules) -> bool:
        for name in cookies:
            if name in INDIFFERENT or name == rules.session_cookie:
                continue
            if name.startswith((GRANT_PREFIX, GIFT_PREFIX, PASS_PREFIX)):
                continue
            if name == TRIAL and not rules.experiments:
                continue
            return False
        return True

    def _subscriber(self, cookie: EntitlementCookie, generations: Generations, now: datetime) -> Who | None:
        until = cookie.stale_until if self.database_is_away else cookie.fresh_until
        if now >= until or is_revoked(generations, cookie.person_id, cookie.issued_at):
            return None
        visitor = Visitor(is_reader=True, is_subscriber=True)
        who = Who(visitor, Audience.SUBSCRIBER, (until - now).total_seconds())
        who.person_id, who.issued_at = cookie.person_id, cookie.issued_at
        return who


def _reader(cookie: ReaderCookie, generations: Generations, now: datetime) -> Who | None:
    if now >= cookie.fresh_until or _revoked(generations, cookie.person_id, cookie.issued_at, is_reader=True):
        return None
    visitor = Visitor(is_reader=True, granted=cookie.granted, spent=cookie.spent)
    who = Who(visitor, Audience.READER, (cookie.fresh_until - now).total_seconds())
    who.edition, who.is_whole = cookie.edition, cookie.is_whole
    who.person_id, who.issued_at = cookie.person_id, cookie.issued_at
    return who


def _stranger(cookies: Mapping[str, str], rules: Rules, now: datetime) -> Who:
    period = rules.period(now)
    grants = grants_in(cookies, rules.keys)
    gifts = gifts_in(cookies, rules.keys, now)
    visitor = Holding.of(grants, period, now).as_held_by(Visitor(gifts=gifts))
    ends = [grant.open_until for grant in grants if grant.open_until and grant.open_until > now]
    # A gift's end isn't told: it is looked at again within the minute.
    ends.append(now + (timedelta(minutes=1) if gifts else REMEMBERED))
    if period.ends_at:
        ends.append(period.ends_at)
    who = Who(visitor, Audience.STRANGER, (min(ends) - now).total_seconds())
    who.passes = _passes(cookies)
    return who


def _revoked(generations: Generations, person_id: int, issued_at: datetime, *, is_reader: bool) -> bool:
    if is_revoked(generations, person_id, issued_at):
        return True
    got = generations.latest(reader_tag(person_id)) if is_reader else None
    return got is not None and issued_at <= got + OVERLAP


def _passes(cookies: Mapping[str, str]) -> frozenset[UUID]:
    return frozenset(
        UUID(name.removeprefix(PASS_PREFIX))
        for name in cookies
        if name.startswith(PASS_PREFIX) and _is_hex(name.removeprefix(PASS_PREFIX))
    )


def _is_hex(written: str) -> bool:
    return len(written) == 32 and all(character in "0123456789abcdef" for character in written)


TOO_MANY: dict[str, str] = {"": ""}


def cookies_in(written: bytes) -> dict[str, str]:
    """Those of ours in a Cookie header, as Django reads it: of two of one name the last counts."""
    # What is quoted, Django reads in a way of its own; we quote nothing.
    if len(written) > LONGEST_COOKIES or b'"' in written:
        return TOO_MANY
    found = {}
    for part in written.decode("latin-1").split(";"):
        name, _, value = part.partition("=")
        if (name := name.strip()).startswith(PREFIX):
            found[name] = value.strip()
    return found
