"""Who asks, as far as their cookies tell. What they can't tell, Django is asked."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
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
from broadsheet.paywall.verdict import Allowance, Verdict, Visitor, decide
from broadsheet.platform import clock
from broadsheet.platform.generations import OVERLAP, Generations, Made
from broadsheet.platform.http.rendition import Audience, Rendition

PREFIX = "broadsheet_"
INDIFFERENT = {ENTITLEMENT, READER, "broadsheet_left", "broadsheet_csrf"}
"""Cookies that decide nothing, or nothing by themselves."""
TRIAL = "broadsheet_trial"
MOST_VISITORS = 20_000
MOST_VERDICTS = 64
REMEMBERED = timedelta(minutes=5)
LONGEST_COOKIES = 8_192


FOR_EVER = datetime.max.replace(tzinfo=UTC)


class Who:
    """A visitor, as long as what their cookies say stands."""

    __slots__ = (
        "audience",
        "edition",
        "full",
        "has_cookie",
        "is_known",
        "is_whole",
        "issued_at",
        "passes",
        "person_id",
        "public",
        "seen_in",
        "until",
        "verdicts",
        "visitor",
    )

    def __init__(
        self, visitor: Visitor, audience: Audience, until: datetime, *, is_known: bool = True
    ) -> None:
        self.visitor, self.audience, self.until, self.is_known = visitor, audience, until, is_known
        self.public = Rendition.of(audience, is_full=False)
        self.full = Rendition.of(audience, is_full=True)
        self.has_cookie = True
        """Of ours: what they get is for nobody else to keep."""
        self.edition = ""
        """In which alone their grants are known; empty: in each."""
        self.is_whole = True
        self.passes: frozenset[UUID] = frozenset()
        """Articles to which a newsletter's link may lead them: Django says."""
        self.person_id, self.issued_at = 0, until
        self.seen_in: Made | None = None
        """The generations in which nothing of theirs was revoked."""
        self.verdicts: dict[str, Verdict] = {}

    def until_by(self, now: float) -> float:
        """`until`, where the monotonic clock says `now`."""
        if self.until is FOR_EVER:
            return inf
        return now + (self.until - clock.now()).total_seconds()

    def verdict_on(self, article: ReadyPage, facts: Facts, allowance: Allowance) -> Verdict:
        """On the article that `article` shows, of which these are the `facts`."""
        found = self.verdicts.get(article.verdict_key)
        if found is None:
            found = decide(facts.article, facts.access, self.visitor, allowance)
            if len(self.verdicts) >= MOST_VERDICTS:
                self.verdicts.clear()
            self.verdicts[article.verdict_key] = found
        return found


STRANGER = Who(Visitor(), Audience.STRANGER, FOR_EVER)
STRANGER.has_cookie = False


class Visitors:
    """Those whose cookies were verified lately, so that a reader's next page costs no signature."""

    def __init__(self) -> None:
        self._known: dict[bytes, Who] = {}
        self.database_is_away = False

    def forget(self) -> None:
        self._known.clear()

    def who(self, cookies: bytes, rules: Rules, generations: Generations) -> Who:
        """Whoever sent `cookies`, a Cookie header. Its `is_known` may be false."""
        if PREFIX.encode() not in cookies:
            return STRANGER
        now = clock.now()
        who = self._known.get(cookies)
        if who is None or now >= who.until or self._is_revoked(who, generations):
            who = self._who(cookies, rules, generations, now)
            if len(self._known) >= MOST_VISITORS:
                self._known.clear()
            self._known[cookies] = who
        return who

    def _is_revoked(self, who: Who, generations: Generations) -> bool:
        if who.seen_in is generations.now or not who.person_id:
            return False
        if _revoked(generations, who.person_id, who.issued_at, is_reader=who.audience == Audience.READER):
            return True
        who.seen_in = generations.now
        return False

    def _who(self, written: bytes, rules: Rules, generations: Generations, now: datetime) -> Who:
        cookies = cookies_in(written)
        if not cookies:
            return STRANGER
        undecided = Who(Visitor(), Audience.STRANGER, now + timedelta(seconds=10), is_known=False)
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
        who = Who(Visitor(is_reader=True, is_subscriber=True), Audience.SUBSCRIBER, until)
        who.person_id, who.issued_at, who.seen_in = cookie.person_id, cookie.issued_at, generations.now
        return who


def _reader(cookie: ReaderCookie, generations: Generations, now: datetime) -> Who | None:
    if now >= cookie.fresh_until or _revoked(generations, cookie.person_id, cookie.issued_at, is_reader=True):
        return None
    visitor = Visitor(is_reader=True, granted=cookie.granted, spent=cookie.spent)
    who = Who(visitor, Audience.READER, cookie.fresh_until)
    who.edition, who.is_whole = cookie.edition, cookie.is_whole
    who.person_id, who.issued_at, who.seen_in = cookie.person_id, cookie.issued_at, generations.now
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
    who = Who(visitor, Audience.STRANGER, min(ends))
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
