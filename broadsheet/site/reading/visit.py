"""Who asks: worked out once for each request, and only as far as somebody wants to know."""

from functools import cached_property
from typing import Self
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from broadsheet.crawlers.claim import Claim, claim_of
from broadsheet.crawlers.known import claimed_by
from broadsheet.editorial.models import Publication
from broadsheet.membership.admission import COOKIE, admitting
from broadsheet.membership.cookies import is_subscribers_cookie
from broadsheet.membership.models import Entitlement, Institution
from broadsheet.membership.passes import Pass, pass_in
from broadsheet.newsletters import signs_of_life
from broadsheet.paywall.experiments.assignment import Assignment
from broadsheet.paywall.gift_links.cookie import gifts_in
from broadsheet.paywall.grant_cookies import grants_in
from broadsheet.paywall.holding import HeldGrant, Holding
from broadsheet.paywall.meter_rules import MeterRules
from broadsheet.paywall.models import Meter, holding_of
from broadsheet.people.current import reader_of
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.http.caching import COOKIE_PREFIX
from broadsheet.platform.http.rendition import Audience, wanted
from broadsheet.platform.http.signed_cookies import signing_keys
from broadsheet.platform.signed_values import Keys


class Visit:
    """What one request says about who sent it. Rooms below are given plain values of it, never the request.

    `person` is whoever signs in by this very request.
    """

    def __init__(self, request: HttpRequest, person: Person | None = None) -> None:
        self._request = request
        self._signs_in = person
        self.rendition = wanted(request)
        """For whom a page is asked for that is kept; None: this is a visitor's own request."""
        self.tag = get_language() or ""
        """The language tag of the edition that the address names."""
        self.is_post = request.method == "POST"
        self.is_head = request.method == "HEAD"
        self.cookies = {
            name: value for name, value in request.COOKIES.items() if name.startswith(COOKIE_PREFIX)
        }
        """Those of ours. A visitor without any holds nothing, so that nothing need be verified."""
        self.address = request.META.get("REMOTE_ADDR", "")
        """The visitor's own: TrustedProxyMiddleware has seen to that."""
        self.user_agent = request.headers.get("User-Agent", "")

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """The one of `request`, which is made when it is first asked for."""
        found: Self | None = getattr(request, "_visit", None)
        if found is None:
            found = request._visit = cls(request)  # type: ignore[attr-defined]
        return found

    @cached_property
    def _keys(self) -> Keys:
        return signing_keys()

    # --- How it is asked ---------------------------------------------------------------------------

    @cached_property
    def is_speculative(self) -> bool:
        """Whether a browser fetches ahead, for a reader who may never come."""
        headers = self._request.headers
        purpose = headers.get("Sec-Purpose", "") + headers.get("Purpose", "")
        return "prefetch" in purpose or "prerender" in purpose

    @cached_property
    def is_robot(self) -> bool:
        """Whether a robot asks, by the name that it gives itself."""
        return claimed_by(self.user_agent) is not None

    @cached_property
    def claim(self) -> Claim:
        """Which crawler asks, by the name that it gives itself, and whether that is proven."""
        return claim_of(self.user_agent, self.address)

    # --- Who asks ----------------------------------------------------------------------------------

    @cached_property
    def person(self) -> Person | None:
        """Who is signed in: a reader, or one of the staff."""
        return self._signs_in or reader_of(self._request)

    @property
    def knows_person(self) -> bool:
        """Whether it has been asked who is signed in."""
        return "person" in self.__dict__

    def note_sign_of_life(self) -> None:
        """Keeps the month for a reader of newsletters, once a month for each session."""
        if self.reader:
            signs_of_life.note(self._request, self.reader)

    @cached_property
    def works_here(self) -> bool:
        return self.person is not None and self.person.is_staff

    @cached_property
    def is_known_by_cookie(self) -> bool:
        """Whether the entitlement cookie says that this is a subscriber, so that the database isn't asked."""
        if self.rendition:
            return self.rendition.audience == Audience.SUBSCRIBER
        if self._signs_in or settings.SESSION_COOKIE_NAME not in self.cookies:
            return False
        return is_subscribers_cookie(self.cookies)

    @cached_property
    def reader(self) -> Person | None:
        """`person`; None for a stranger, and for a subscriber who is known by their cookie alone."""
        return None if self.is_known_by_cookie else self.person

    @cached_property
    def is_reader(self) -> bool:
        if self.rendition:
            return self.rendition.is_signed_in
        return self.is_known_by_cookie or self.person is not None

    @cached_property
    def is_subscriber(self) -> bool:
        if self.is_known_by_cookie:
            return True
        return self.person is not None and bool(Entitlement.objects.entitle(self.person))

    @cached_property
    def institution(self) -> Institution | None:
        """By the address, by the cookie that a post from there left, or by the reader's mailbox."""
        email = self.person.email if self.person else ""
        if COOKIE not in self.cookies and not Institution.objects.all().may_know(self.address, email):
            return None
        live = Institution.objects.live()
        found = live.having_address(self.address)
        if COOKIE in self.cookies:
            found |= admitting(self.cookies)
        if email:
            found |= live.having_mailbox(email)
        return found.first()

    @property
    def institution_at_address(self) -> Institution | None:
        """By the address alone: neither a cookie nor a mailbox says that the browser stands there."""
        return Institution.objects.live().having_address(self.address).first()

    # --- What they hold ----------------------------------------------------------------------------

    @cached_property
    def grants(self) -> list[HeldGrant]:
        """A stranger's, of whatever period."""
        return grants_in(self.cookies, self._keys) if self.cookies else []

    @cached_property
    def holding(self) -> Holding:
        """What they opened: rows of a reader, cookies of a stranger. Set anew where one is spent."""
        period = self.meter_rules.period
        if self.reader:
            return holding_of(self.reader, period)
        return Holding.of(self.grants, period, clock.now())

    @cached_property
    def gifts(self) -> frozenset[UUID]:
        """The articles that were given to them."""
        return gifts_in(self.cookies, self._keys, clock.now()) if self.cookies else frozenset()

    def pass_to(self, article: UUID) -> Pass | None:
        """That of a newsletter's link. A robot follows all links, and so has none."""
        if not self.cookies or not self.claim.may_be_granted:
            return None
        return pass_in(self.cookies, article, self._keys, clock.now())

    # --- What holds for them -----------------------------------------------------------------------

    @cached_property
    def assignment(self) -> Assignment:
        return Assignment(self.cookies, self.tag)

    @cached_property
    def publication(self) -> Publication:
        found: Publication = Publication.load(request_or_site=self._request)
        return found

    @cached_property
    def meter(self) -> Meter:
        found: Meter = Meter.load(request_or_site=self._request)
        return found

    @cached_property
    def meter_rules(self) -> MeterRules:
        """The rules in force in the edition that the address names, for whoever asks."""
        variant = self.assignment.variant_of(self.reader)
        return self.meter.rules_in(self.tag, clock.now(), self.publication.zone, variant)

    def enrol(self) -> None:
        """Gives a stranger who posts their variant; to be called before `meter_rules` is read."""
        if not self.is_reader and not self.is_robot:
            self.assignment.draw()
