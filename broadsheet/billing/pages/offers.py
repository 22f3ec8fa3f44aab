"""Offers: the codes that visitors type, and what promotion slots show."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Self
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from broadsheet.billing.limits import may_try_offer_code
from broadsheet.billing.pages.zone import in_its_zone
from broadsheet.editorial.context import edition_of
from broadsheet.membership.models import Entitlement, Offer, OfferPlacement, Price
from broadsheet.membership.selling import Quote
from broadsheet.people.current import reader_of
from broadsheet.people.limits import TOO_MANY_GUESSES
from broadsheet.people.models import Person
from broadsheet.platform.http.caching import as_cacheable_as, for_nobody_else
from broadsheet.platform.http.robots import unlisted

LONGEST = 30


@dataclass(frozen=True, slots=True)
class Code:
    """A code that a visitor typed or that their link contains, and its offer."""

    written: str
    offer: Offer | None = None
    """None where the code can't be used here."""
    fault: str = ""
    elsewhere: str = ""
    """The address of the edition where it can be used, if it is another."""
    status: HTTPStatus = HTTPStatus.OK

    @classmethod
    def of(cls, request: HttpRequest, edition: str, reader: Person | None) -> Self:
        """Looks ``?offer=`` up in the edition with the language tag `edition`; none is no fault.

        A code that is wrong for `reader` is always answered in the same words, so that nobody learns that
        there is such an offer for others.
        """
        written = request.GET.get("offer", "")
        written = " ".join("".join(filter(str.isprintable, written)).split())[:LONGEST]
        if not written:
            return cls("")
        offer = Offer.objects.with_code(written)
        fault = offer.fault_for(reader) if offer else _("There is no such offer.")
        is_public = offer is not None and offer.placement == OfferPlacement.SLOT
        if not (is_public or may_try_offer_code(request, is_right=not fault)):
            return cls(written, fault=str(TOO_MANY_GUESSES), status=HTTPStatus.TOO_MANY_REQUESTS)
        if offer is None or fault:
            is_known = offer and (is_public or (reader and offer.uses.filter(person=reader).exists()))
            if not is_known:
                fault = (
                    _("The code “%s” isn’t valid here. It may be mistyped, or its offer may have ended.")
                    % written
                )
            return cls(written, fault=fault)
        if offer.price.edition != edition:
            with translation.override(offer.price.edition):
                elsewhere = f"{reverse('subscribe')}?{urlencode({'offer': offer.code})}"
            fault = _("This offer is for another edition, with prices in %s.") % offer.price.currency
            return cls(written, fault=fault, elsewhere=elsewhere)
        return cls(written, offer)

    def at(self, price: Price) -> Self:
        """The code for a visitor who has chosen `price`."""
        if self.offer and self.offer.price_id != price.pk:
            return type(self)(self.written, fault=_("This offer is for another plan or term."))
        return self


@require_safe
@in_its_zone
def offer(request: HttpRequest) -> HttpResponse:
    """The best current offer, for a promotion slot; 204 for subscribers and staff."""
    reader = reader_of(request)
    needs_none = reader is not None and Entitlement.objects.open_everything_to(reader)
    quote = None if needs_none else Quote.best(edition_of(request).locale.language_code, reader)
    response = (
        render(request, "billing/offers/offer.html", {"quote": quote}) if quote else HttpResponse(status=204)
    )
    return unlisted(for_nobody_else(response) if reader else as_cacheable_as(request, response))
