"""Who asks, as far as their cookies tell. What they can't tell, Django is asked."""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from math import inf
from sys import intern
from uuid import UUID

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
from broadsheet.platform.signed_values import Keys

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
REMEMBERED = timedelta(minutes=5)
SECONDS_UNDECIDED = 10.0
LONGEST_COOKIES = 8_192
NONE: frozenset[UUID] = frozenset()
NONE_HELD: frozenset[str] = frozenset()


type Form = tuple[Rendition, str]
"""Of an article: the rendition that a visitor gets, and why."""


class Kind:
    """What decides about an article, besides whether the visitor holds it. Thousands are of one kind.

    What each request needs of a visitor stands here if it can, where it stays in the processor’s cache.
    """

    __slots__ = ("audience", "edition", "full", "has_cookie", "is_known", "is_whole", "public", "visitor")

    def __init__(
        self,
        visitor: Visitor,
        audience: Audience,
        *,
        edition: str = "",
        is_whole: bool = True,
        is_known: bool = True,
        has_cookie: bool = True,
    ) -> None:
        self.visitor = visitor
        """Without what they hold."""
        self.audience = audience
        self.edition = edition
        """In which alone their grants are known; empty: in each."""
        self.is_whole = is_whole
        """Whether all their grants are known."""
        self.is_known = is_known
        self.has_cookie = has_cookie
        """Of ours: what they get is for nobody else to keep."""
        self.public = Rendition.of(audience, is_full=False)
        self.full = Rendition.of(audience, is_full=True)


class Who:
    """A visitor, as long as what their cookies say stands."""

    __slots__ = (
        "ends_at",
        "granted",
        "is_by_kind",
        "issued_at",
        "kind",
        "passes",
        "person_id",
        "seen_in",
        "visitor",
    )

    def __init__(self, visitor: Visitor, kind: Kind, lasts: float, passes: frozenset[UUID] = NONE) -> None:
        """`lasts`: seconds from now. `passes`: articles to which a newsletter's link may lead them."""
        self.visitor, self.kind, self.passes = visitor, kind, passes
        self.ends_at = time.monotonic() + lasts
        self.granted = frozenset(intern(one.hex) for one in visitor.granted) if visitor.granted else NONE_HELD
        """Articles, as `ReadyPage.article` names them."""
        self.is_by_kind = not (passes or visitor.gifts)
        """Whether their kind, and whether an article was granted, decide about it."""
        self.person_id = 0
        self.issued_at: datetime | None = None
        self.seen_in: Made | None = None
        """The generations in which nothing of theirs was revoked."""

    def form_of(self, facts: Facts, rules: Rules) -> Form | None:
        """Of the article of which these are the facts. None: Django has to decide."""
        kind = self.kind
        # Where a newsletter's link led, Django knows.
        if facts.article in self.passes or (kind.edition and kind.edition != facts.edition):
            return None
        verdict = decide(facts.article, facts.access, self.visitor, rules.allowance(facts.edition))
        if not (verdict.opens or kind.is_whole):
            return None
        is_full = verdict.opens and verdict.reason != Reason.FREE
        return kind.full if is_full else kind.public, verdict.reason.value


NOBODY = Visitor()
STRANGER = Who(NOBODY, Kind(NOBODY, Audience.STRANGER, has_cookie=False), inf)
UNDECIDED = Kind(NOBODY, Audience.STRANGER, is_known=False)


class Visitors:
    """Those whose cookies were verified lately, so that a reader's next page costs no signature."""

    def __init__(self) -> None:
        self._known: dict[bytes, Who] = {}
        self._kinds: dict[tuple[Visitor, Audience, str, bool], Kind] = {}
        self._size = 0
        self.database_is_away = False

    def forget(self) -> None:
        self._known.clear()
        self._kinds.clear()
        self._size = 0

    def known(self, cookies: bytes, rules: Rules, generations: Generations, now: float) -> Who | None:
        """As `who`, of a Cookie header that came before, with one of ours."""
        who = self._known.get(cookies)
        if who is None or (now < who.ends_at and who.seen_in is generations.now):
            return who
        return self.who(cookies, rules, generations, now)

    def who(self, cookies: bytes, rules: Rules, generations: Generations, now: float) -> Who:
        """Whoever sent `cookies`, a Cookie header, at this moment of the monotonic clock.

        Whether they are known, their kind says.
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
        self._known[cookies] = who
        self._size += len(cookies)
        return who

    def _still(self, who: Who, generations: Generations) -> bool:
        """Whether nothing of theirs was revoked meanwhile."""
        is_reader = who.kind.audience == Audience.READER
        if who.issued_at and _revoked(generations, who.person_id, who.issued_at, is_reader=is_reader):
            return False
        who.seen_in = generations.now
        return True

    def _who(self, written: bytes, rules: Rules, generations: Generations, now: datetime) -> Who:
        cookies = cookies_in(written)
        if not cookies:
            return STRANGER
        undecided = Who(NOBODY, UNDECIDED, SECONDS_UNDECIDED)
        if cookies is TOO_MANY or not _can_decide(cookies, rules):
            return undecided
        if rules.session_cookie not in cookies:
            return self._stranger(cookies, rules, now)
        entitlement = entitlement_cookie_in(cookies, rules.keys)
        if entitlement and (who := self._subscriber(entitlement, generations, now)):
            return who
        return self._reader(cookies, rules.keys, generations, now) or undecided

    def _subscriber(self, cookie: EntitlementCookie, generations: Generations, now: datetime) -> Who | None:
        until = cookie.stale_until if self.database_is_away else cookie.fresh_until
        if now >= until or is_revoked(generations, cookie.person_id, cookie.issued_at):
            return None
        visitor = Visitor(is_reader=True, is_subscriber=True)
        who = Who(visitor, self._kind(visitor, Audience.SUBSCRIBER), (until - now).total_seconds())
        who.person_id, who.issued_at = cookie.person_id, cookie.issued_at
        return who

    def _reader(
        self, cookies: Mapping[str, str], keys: Keys, generations: Generations, now: datetime
    ) -> Who | None:
        cookie: ReaderCookie | None = reader_cookie_in(cookies, keys)
        if cookie is None or now >= cookie.fresh_until:
            return None
        if _revoked(generations, cookie.person_id, cookie.issued_at, is_reader=True):
            return None
        visitor = Visitor(is_reader=True, granted=cookie.granted, spent=cookie.spent)
        kind = self._kind(visitor, Audience.READER, cookie.edition, is_whole=cookie.is_whole)
        who = Who(visitor, kind, (cookie.fresh_until - now).total_seconds(), _passes(cookies))
        who.person_id, who.issued_at = cookie.person_id, cookie.issued_at
        return who

    def _stranger(self, cookies: Mapping[str, str], rules: Rules, now: datetime) -> Who:
        period = rules.period(now)
        grants = grants_in(cookies, rules.keys)
        gifts = gifts_in(cookies, rules.keys, now)
        visitor = Holding.of(grants, period, now).as_held_by(Visitor(gifts=gifts))
        ends = [grant.open_until for grant in grants if grant.open_until and grant.open_until > now]
        # A gift's end isn't told: it is looked at again within the minute.
        ends.append(now + (timedelta(minutes=1) if gifts else REMEMBERED))
        if period.ends_at:
            ends.append(period.ends_at)
        lasts = (min(ends) - now).total_seconds()
        return Who(visitor, self._kind(visitor, Audience.STRANGER), lasts, _passes(cookies))

    def _kind(
        self, visitor: Visitor, audience: Audience, edition: str = "", *, is_whole: bool = True
    ) -> Kind:
        """One object for all that are alike."""
        bare = replace(visitor, gifts=NONE, granted=NONE)
        key = bare, audience, edition, is_whole
        found = self._kinds.get(key)
        if found is None:
            found = self._kinds[key] = Kind(bare, audience, edition=edition, is_whole=is_whole)
        return found


def _can_decide(cookies: Mapping[str, str], rules: Rules) -> bool:
    for name in cookies:
        if name in INDIFFERENT or name == rules.session_cookie:
            continue
        if name.startswith((GRANT_PREFIX, GIFT_PREFIX, PASS_PREFIX)):
            continue
        if name == TRIAL and not rules.experiments:
            continue
        return False
    return True


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
