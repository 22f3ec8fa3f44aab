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
from broadsheet.platform.caching import as_cacheable_as, for_nobody_else
from broadsheet.platform.robots import unlisted

LONGEST = 30


@dataclass(frozen=True, slots=True)
class Code:
    """A code that a visitor typed, or that their link names, and what comes of it."""

    written: str
    offer: Offer | None = None
    """What it stands for; None where it can't be used here."""
    fault: str = ""
    elsewhere: str = ""
    """Where it can be used, if that is another edition."""
    status: HTTPStatus = HTTPStatus.OK

    @classmethod
    def of(cls, request: HttpRequest, edition: str, reader: Person | None) -> Self:
        """That of ``?offer=`` in the edition with the language tag `edition`; none is no fault.

        Of an offer that is shown nowhere nobody learns that it exists for others: a code that is wrong for
        `reader` is always answered in the same words.
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
                fault = _("The code “%s” gives you no offer. It may be mistyped, or have ended.") % written
            return cls(written, fault=fault)
        if offer.price.edition != edition:
            with translation.override(offer.price.edition):
                elsewhere = f"{reverse('subscribe')}?{urlencode({'offer': offer.code})}"
            fault = _("This offer is for another edition, and in %s.") % offer.price.currency
            return cls(written, fault=fault, elsewhere=elsewhere)
        return cls(written, offer)

    def at(self, price: Price) -> Self:
        """The same for one who has chosen `price`."""
        if self.offer and self.offer.price_id != price.pk:
            return type(self)(self.written, fault=_("This offer is for another plan or term."))
        return self


@require_safe
@in_its_zone
def offer(request: HttpRequest) -> HttpResponse:
    """The best current offer, for a promotion slot; nothing (204) for who needs none."""
    reader = reader_of(request)
    quote = None if _needs_none(reader) else Quote.best(edition_of(request).locale.language_code, reader)
    response = (
        render(request, "billing/offers/offer.html", {"quote": quote}) if quote else HttpResponse(status=204)
    )
    return unlisted(for_nobody_else(response) if reader else as_cacheable_as(request, response))


def _needs_none(reader: Person | None) -> bool:
    return reader is not None and (reader.is_staff or Entitlement.objects.entitle(reader))
