"""Who asks: a stranger with signed cookies, or a reader with rows; and what they get for an article."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Article
from broadsheet.membership.card import Card, card_in, honoured, set_card
from broadsheet.paywall.access import Ruling, ruling
from broadsheet.paywall.cookies import grants_in
from broadsheet.paywall.holding import Holding
from broadsheet.paywall.meter_rules import Terms, current_terms
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
    terms: Terms
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


def shows_card(request: HttpRequest) -> bool:
    """Whether this is a subscriber by their card, so that nothing need be asked of the database."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    card = card_in(request.COOKIES)
    return card is not None and honoured(card, clock.now(), database_is_away=False)


def renew_card(response: HttpResponse, case: Case) -> None:
    """Gives a subscriber whom the database knows a card for the next minutes."""
    if case.reader is None or not case.visitor.is_subscriber:
        return
    if card := Card.for_person(case.reader, clock.now()):
        set_card(response, card)


def case_of(request: HttpRequest, article: Article) -> Case:
    """Decides for this visitor, and spends nothing."""
    by = ruling(article)
    if shows_card(request):
        terms = current_terms(request)
        reader, visitor = None, Visitor(is_reader=True, is_subscriber=True)
        verdict = decide(article.uuid, by.access, visitor, terms.allowance)
        return Case(article, by, terms, reader, visitor, verdict, renews_at=None)
    reader = reader_of(request)
    terms = current_terms(request, reader)
    rights = rights_of(request, reader, article, by.access)
    holding = Holding.of([], terms.period, clock.now())
    # What is held can't matter to those who read it by right.
    if not decide(article.uuid, by.access, rights, terms.allowance).opens:
        holding = holding_of(request, reader, terms)
    visitor = holding.as_held_by(rights)
    verdict = decide(article.uuid, by.access, visitor, terms.allowance)
    return Case(article, by, terms, reader, visitor, verdict, holding.renews_at(verdict.allowance))


def holding_of(request: HttpRequest, reader: Person | None, terms: Terms) -> Holding:
    if reader:
        return Grant.objects.holding(reader, terms.period)
    return Holding.of(grants_in(request.COOKIES), terms.period, clock.now())
