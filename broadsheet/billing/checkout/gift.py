"""Buying a subscription for somebody else."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from broadsheet.billing.checkout.order import BuyerForm, sent_before
from broadsheet.billing.models import Checkout, Invoice, Item, Means
from broadsheet.billing.pages.plans import columns
from broadsheet.billing.pages.zone import in_its_zone
from broadsheet.delivery.address_fields import EmailField
from broadsheet.editorial.models import Publication
from broadsheet.membership.legal_buttons import legal_buttons
from broadsheet.membership.lengths import Term
from broadsheet.membership.models import Price
from broadsheet.membership.selling import Quote
from broadsheet.people.current import reader_of
from broadsheet.platform import clock
from broadsheet.platform.http.caching import as_cacheable_as, for_nobody_else
from broadsheet.platform.http.redirects import see_other

DELIVERED_AT = time(7)
"""By the clock of the edition."""
LATEST = timedelta(days=365)


def today() -> date:
    return timezone.localdate(clock.now())


class GiftForm(BuyerForm):
    recipient_name = forms.CharField(
        label=gettext_lazy("Their name"),
        max_length=100,
        error_messages={"required": gettext_lazy("Enter the recipient’s name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    recipient_email = EmailField(label=gettext_lazy("Their e-mail address"))
    message = forms.CharField(
        label=gettext_lazy("A message from you"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    day = forms.DateField(
        label=gettext_lazy("Delivery day"),
        help_text=gettext_lazy(
            "It arrives at seven in the morning, or as soon as it is paid if you choose today."
        ),
        error_messages={
            "required": gettext_lazy("Choose a day."),
            "invalid": gettext_lazy("Enter the day as 2026-12-24."),
        },
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, request: HttpRequest, agreed: str) -> None:
        super().__init__(request, agreed, initial={"day": today()})
        self.fields["name"].help_text = _("The recipient sees this name.")
        self.fields["recipient_email"].widget.attrs["autocomplete"] = "off"
        self.fields["day"].widget.attrs |= {"min": f"{today()}", "max": f"{today() + LATEST}"}

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day < today():
            raise forms.ValidationError(_("That day has passed. Choose today or a later day."))
        if day > today() + LATEST:
            raise forms.ValidationError(_("Choose a day within the next year."))
        return day

    @property
    def gift_fields(self) -> dict[str, Any]:
        given = self.cleaned_data
        morning = datetime.combine(given["day"], DELIVERED_AT, tzinfo=timezone.get_current_timezone())
        is_today = given["day"] == today()
        return {
            "recipient_name": given["recipient_name"],
            "recipient_email": given["recipient_email"],
            "message": given["message"],
            "deliver_at": None if is_today else morning,
        }


@require_http_methods(["GET", "HEAD", "POST"])
@in_its_zone
def gift(request: HttpRequest) -> HttpResponse:
    """The plans that can be given; with ``?price=``, the form for one."""
    tag, reader = get_language() or "", reader_of(request)
    chosen = price_in(request, Price.objects.on_sale(tag))
    context: dict[str, Any]
    if chosen is None:
        # At the full price: an offer begins a subscription, and a gift ends.
        context = {"columns": columns(tag), "is_gone": "price" in request.GET}
        response = render(request, "billing/gift/gift.html", context)
        return for_nobody_else(response) if request.GET else as_cacheable_as(request, response)
    quote = Quote.of(chosen)
    here = f"{reverse('gift_purchase')}?price={chosen.pk}"
    context = {"quote": quote, "here": here}
    if reader is None:
        return for_nobody_else(render(request, "billing/gift/stranger.html", context))
    is_post = request.method == "POST"
    if is_post and (begun := sent_before(request)):
        return for_nobody_else(see_other(begun.go_on()))
    form = GiftForm(request, quote.agreed)
    button = legal_buttons().gift % {"due": quote.first.total}
    terms = _("You pay %s once. The gift does not renew.") % quote.first.total.brief
    if is_post and form.is_valid():
        return for_nobody_else(
            form.begin(Checkout.Purpose.GIFT, quote, f"{terms} “{button}”", **form.gift_fields)
        )
    context |= {"form": form, "button": button, "terms": terms}
    context["contact"] = Publication.load(request_or_site=request).contact_email
    return for_nobody_else(render(request, "billing/gift/form.html", context, status=form.status))


def price_in(request: HttpRequest, sold: Any) -> Price | None:
    """The price in `sold` that the address names, or the one that replaced it."""
    number = request.GET.get("price", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    asked = Price.objects.filter(pk=number).select_related("plan", "replaced_by__plan").first()
    present = asked.present if asked else None
    found: Price | None = sold.filter(pk=present.pk).first() if present else None
    return found


def fulfil(checkout: Checkout, means: Means) -> None:
    """Makes the code at once if it is paid by card, else once the invoice is paid."""
    price = checkout.sold
    # It doesn't name the recipient: an invoice is kept longer than personal data may be.
    description = _("Gift: %(length)s of %(plan)s") % {
        "length": Term(price.term).length.lasting,
        "plan": price.plan.name,
    }
    invoice = Invoice.objects.issue(
        [Item(description, checkout.each_term)],
        edition=price.edition,
        currency=price.currency,
        buyer=checkout.buyer,
        person=checkout.person,
    )
    if means.is_card:
        checkout.deliver_gift(invoice)
    checkout.pay(invoice, means)
