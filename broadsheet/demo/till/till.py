"""The till, a payment provider for the demo and for development: whoever pays says what the bank does.

No money moves. A card's reference, by which a provider charges it again, says what it does then.
"""

import re
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from broadsheet.billing.models import Checkout, Invoice, Mandate, Means, Payment, Seller
from broadsheet.billing.models.payment import last_day_of
from broadsheet.billing.pages.zone import in_its_zone
from broadsheet.billing.providers.protocol import Declined, Done, Remedy
from broadsheet.membership.models import Intent
from broadsheet.people.current import person_of
from broadsheet.platform import clock
from broadsheet.platform.days import day_of
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.http.robots import unlisted
from broadsheet.platform.money import Money


class Answer(models.TextChoices):
    """What the bank does now."""

    ACCEPT = "accept", gettext_lazy("Accept")
    DECLINE = "decline", gettext_lazy("Decline")
    CONFIRM = "confirm", gettext_lazy("Ask for confirmation")


class Later(models.TextChoices):
    """What it does when the card is charged again."""

    ACCEPT = "accept", gettext_lazy("accepts")
    DECLINE = "decline", gettext_lazy("declines")
    CONFIRM = "confirm", gettext_lazy("asks for confirmation")


class Till:
    name = "till"

    def methods(self) -> list[str]:
        return [] if settings.PRODUCTION or settings.STRIPE_KEY else [Payment.Method.CARD]

    def has_books(self) -> bool:
        return False

    def begin(self, checkout: Checkout) -> str:
        return reverse("till", args=[checkout.uuid])

    def charge(self, mandate: Mandate, invoice: Invoice, key: str) -> Done | Declined:
        reference = f"till-{key}"
        with translation.override(invoice.edition):
            match mandate.reference:
                case Later.DECLINE:
                    return Declined(_("The bank declined the charge."), reference)
                case Later.CONFIRM:
                    return Declined(
                        _("The bank wants you to confirm the charge."), reference, Remedy.CARDHOLDER
                    )
        return Done(reference)

    def refund(self, payment: Payment, amount: Money, key: str) -> Done:
        return Done()

    def return_unneeded(self, reference: str) -> None:
        """No money has moved."""

    def confirm_path(self, invoice: Invoice) -> str:
        return ""  # the page to pay at asks for the confirmation

    def address_of(self, reference: str) -> str:
        return ""

    def ask(self, intent: Intent) -> Done:
        return Done()


class CardForm(forms.Form):
    """An invented card."""

    digits = forms.RegexField(
        r"^\d{4}$",
        label=gettext_lazy("Last four digits"),
        initial="4242",
        error_messages={"invalid": gettext_lazy("Four digits, such as 4242.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 4, "autocomplete": "off"}),
    )
    expires = forms.CharField(
        label=gettext_lazy("Valid until"),
        help_text=gettext_lazy("Month and year, as on the card: 04/29."),
        max_length=7,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    later = forms.ChoiceField(
        label=gettext_lazy("When it is charged again, this card"),
        choices=Later.choices,
        initial=Later.ACCEPT,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"expires": f"{clock.now():%m}/{clock.now().year % 100 + 3:02}"})

    def clean_expires(self) -> date:
        found = re.fullmatch(r"(0?[1-9]|1[0-2])\s*/\s*(?:20)?(\d\d)", self.cleaned_data["expires"].strip())
        if not found:
            raise forms.ValidationError(_("Write it as 04/29."))
        day = last_day_of(2000 + int(found[2]), int(found[1]))
        if day < day_of(clock.now(), Seller.load().zone):
            raise forms.ValidationError(_("This card has expired. Another one will do."))
        return day

    def means(self, checkout: Checkout) -> Means:
        typed = self.cleaned_data
        return Means(
            Payment.Method.CARD,
            payment=f"till-{checkout.uuid}",
            card=typed["later"],
            last_digits=typed["digits"],
            expires_on=typed["expires"],
        )

    @property
    def as_query(self) -> str:
        return urlencode({name: self.data.get(name, "") for name in self.fields})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@in_its_zone
def till(request: HttpRequest, uuid: str) -> HttpResponse:
    if settings.PRODUCTION:
        raise Http404
    checkout = get_object_or_404(
        Checkout.objects.select_related("price__plan"), pk=uuid, person=person_of(request)
    )
    to_done = reverse("checkout_done", args=[checkout.uuid])
    if not checkout.is_unfinished:
        return redirect(to_done)
    if request.method != "POST":
        return _page(request, checkout, CardForm(request.GET or None))
    form = CardForm(request.POST)
    if not form.is_valid():
        return _page(request, checkout, form, status=400)
    match request.POST.get("answer"):
        case Answer.ACCEPT:
            checkout.fulfil(form.means(checkout))
        case Answer.DECLINE:
            checkout.decline(_("The bank declined the card."))
        case Answer.CONFIRM:
            checkout.await_confirmation()
            return see_other(f"{request.path}?{form.as_query}")
        case _:
            return _page(request, checkout, form, status=400)
    return see_other(to_done)


def _page(request: HttpRequest, checkout: Checkout, form: CardForm, status: int = 200) -> HttpResponse:
    """The card's form or, once the bank has asked for confirmation, the question whether it is the buyer."""
    asks = request.method != "POST" and checkout.state == Checkout.State.CONFIRMING and form.is_valid()
    template = "demo/till/confirm.html" if asks else "demo/till/till.html"
    context = {"checkout": checkout, "form": form, "answers": Answer}
    return unlisted(render(request, template, context, status=status))
