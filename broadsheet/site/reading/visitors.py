"""Who asks: a stranger with signed cookies, or a reader with rows; and what they get for an article."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Article
from broadsheet.membership.entitlement_cookie import (
    EntitlementCookie,
    entitlement_cookie_in,
    honoured,
    set_entitlement_cookie,
)
from broadsheet.paywall.access import Ruling, ruling
from broadsheet.paywall.cookies import grants_in
from broadsheet.paywall.holding import Holding
from broadsheet.paywall.meter_rules import MeterRules, current_meter_rules
from broadsheet.paywall.models import Grant
from broadsheet.paywall.verdict import Reason, Verdict, Visitor, decide
from broadsheet.people.current import reader_of
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.site.reading.rights import rights_of


def works_here(request: HttpRequest) -> bool:
    reader = reader_of(request)
    return reader is not None and reader.is_staff


@dataclass(frozen=True, slots=True)
class Case:
    """One visitor before one article: everything that the verdict is made of, and the verdict."""

    article: Article
    ruling: Ruling
    meter_rules: MeterRules
    reader: Person | None
    """None for a stranger, and for a subscriber who is known by their card alone."""
    visitor: Visitor
    verdict: Verdict
    renews_at: datetime | None
    """When an article is to be had again, for those who have none left; None: never."""

    @property
    def access(self) -> Access:
        return self.ruling.access

    @property
    def opened(self) -> bool:
        """Whether the whole article is theirs once the verdict is carried out."""
        return self.verdict.opens or self.verdict.reason == Reason.METER


def is_known_by_cookie(request: HttpRequest) -> bool:
    """Whether this is a subscriber by their cookie, so that nothing need be asked of the database."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    cookie = entitlement_cookie_in(request.COOKIES)
    return cookie is not None and honoured(cookie, clock.now(), database_is_away=False)


def renew_entitlement_cookie(response: HttpResponse, case: Case) -> None:
    """Gives a subscriber whom the database knows an entitlement cookie for the next minutes."""
    if case.reader is None or not case.visitor.is_subscriber:
        return
    if cookie := EntitlementCookie.for_person(case.reader, clock.now()):
        set_entitlement_cookie(response, cookie)


def case_of(request: HttpRequest, article: Article) -> Case:
    """Decides for this visitor, and spends nothing."""
    by = ruling(article)
    if is_known_by_cookie(request):
        meter_rules = current_meter_rules(request)
        reader, visitor = None, Visitor(is_reader=True, is_subscriber=True)
        verdict = decide(article.uuid, by.access, visitor, meter_rules.allowance)
        return Case(article, by, meter_rules, reader, visitor, verdict, renews_at=None)
    reader = reader_of(request)
    meter_rules = current_meter_rules(request, reader)
    rights = rights_of(request, reader, article, by.access)
    holding = Holding.of([], meter_rules.period, clock.now())
    # What is held can't matter to those who read it by right.
    if not decide(article.uuid, by.access, rights, meter_rules.allowance).opens:
        holding = holding_of(request, reader, meter_rules)
    visitor = holding.as_held_by(rights)
    verdict = decide(article.uuid, by.access, visitor, meter_rules.allowance)
    return Case(article, by, meter_rules, reader, visitor, verdict, holding.renews_at(verdict.allowance))


def holding_of(request: HttpRequest, reader: Person | None, meter_rules: MeterRules) -> Holding:
    if reader:
        return Grant.objects.holding(reader, meter_rules.period)
    return Holding.of(grants_in(request.COOKIES), meter_rules.period, clock.now())
