"""Offers: the codes that visitors type, and what promotion slots show."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from broadsheet.billing.pages.zone import in_its_zone
from broadsheet.editorial.context import edition_of
from broadsheet.membership.models import Entitlement, Offer, Price
from broadsheet.membership.selling import Quote
from broadsheet.people.current import reader_of
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

    @classmethod
    def of(cls, written: str, edition: str, reader: Person | None) -> Self:
        """`written` in the edition with the language tag `edition`; an empty one is no code and no fault."""
        written = " ".join("".join(filter(str.isprintable, written)).split())[:LONGEST]
        if not written:
            return cls("")
        offer = Offer.objects.with_code(written)
        if offer is None:
            return cls(written, fault=_("We have no offer with the code “%s”. Look at it again.") % written)
        if fault := offer.fault_for(reader):
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
