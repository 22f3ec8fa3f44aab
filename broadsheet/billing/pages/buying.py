"""What every form has by which something is bought: who buys, and how it is paid."""

import uuid
from http import HTTPStatus
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from broadsheet.billing import intents
from broadsheet.billing.limits import TOO_MANY_ORDERS, may_order
from broadsheet.billing.models import Checkout, Payment
from broadsheet.membership.selling import Quote
from broadsheet.people.current import person_of
from broadsheet.people.paths import local_path
from broadsheet.platform.redirects import see_other

METHODS = {
    Payment.Method.CARD: _("Card"),
    Payment.Method.TRANSFER: _("Bank transfer, after an invoice by e-mail"),
}


class BuyerForm(forms.Form):
    """Of a signed-in buyer. Where nothing can be paid by, `methods` is empty and there is nothing to send."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        error_messages={"required": _("Write your name: it stands on the invoice.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    method = forms.ChoiceField(
        label=_("How do you pay?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how you pay.")},
    )
    address = forms.CharField(
        label=_("Postal address"),
        required=False,
        max_length=500,
        help_text=_("Needed if you pay by transfer, and for an invoice in the name of a company."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    company = forms.CharField(
        label=_("Company"),
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    vat_number = forms.CharField(label=_("VAT number"), required=False, max_length=40)
    uuid = forms.UUIDField(required=False, widget=forms.HiddenInput)
    agreed = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, request: HttpRequest, agreed: str, **more: Any) -> None:
        """`agreed` is that of the present quote; a form with another was filled in at another price."""
        initial = {"name": person_of(request).get_full_name(), "uuid": uuid.uuid4(), "agreed": agreed}
        kwargs: dict[str, Any] = {"initial": initial | more.pop("initial", {}), "auto_id": "buy-%s"}
        super().__init__(request.POST if request.method == "POST" else None, **kwargs)
        self.request = request
        self.status = HTTPStatus.BAD_REQUEST if self.is_bound else HTTPStatus.OK
        """Of the page that shows it again."""
        self.present = agreed
        self.methods = intents.default().methods()
        field: Any = self.fields["method"]
        field.choices = [(method, METHODS[Payment.Method(method)]) for method in self.methods]
        field.initial = next(iter(self.methods), "")
        if len(self.methods) == 1:
            field.widget = forms.HiddenInput()

    @property
    def only_method(self) -> str:
        return str(METHODS[Payment.Method(self.methods[0])]) if len(self.methods) == 1 else ""

    def clean(self) -> None:
        given = self.cleaned_data
        is_invoiced = given.get("method") == Payment.Method.TRANSFER
        if (is_invoiced or given.get("company") or given.get("vat_number")) and not given.get("address"):
            self.add_error("address", _("Write the postal address: an invoice needs it."))
        if given.get("agreed") != self.present:
            # Agreed to now, if it is sent once more: the page shows what it costs.
            self.data = dict(self.data.items()) | {"agreed": self.present}
            self.add_error(
                None,
                _(
                    "The price has changed while this page was open. Nothing was charged: this is what it"
                    " costs now."
                ),
            )
        elif not self.errors and not may_order(self.request):
            self.status = HTTPStatus.TOO_MANY_REQUESTS
            self.add_error(None, TOO_MANY_ORDERS)

    @property
    def details_are_open(self) -> bool:
        """Whether what few people need is shown at once: where something is wrong with it, or in it."""
        return any(self.data.get(name) or name in self.errors for name in ("company", "vat_number"))

    def begin(
        self, kind: Checkout.Kind, quote: Quote, consent: str, *, next_path: str = "", **more: Any
    ) -> HttpResponseRedirect:
        """Begins the checkout, once for each form however often it is sent, and leads on to pay."""
        given, price = self.cleaned_data, quote.price
        try:
            checkout = Checkout.objects.take(
                given["uuid"] or uuid.uuid4(),
                person_of(self.request),
                kind=kind,
                edition=price.edition,
                provider=intents.default().name,
                method=given["method"],
                price=price,
                offer=quote.offer,
                trial=quote.trial,
                currency=price.currency,
                due=quote.first.total.minor,
                each_term=quote.each_term.minor,
                consent=consent,
                address=self.request.META.get("REMOTE_ADDR") or None,
                buyer_name=given["name"],
                buyer_company=given["company"],
                buyer_address=given["address"],
                buyer_vat_number=given["vat_number"],
                next_path=local_path(next_path),
                **more,
            )
        except Checkout.DoesNotExist as error:
            raise Http404 from error
        return see_other(intents.go_on(checkout))


def sent_before(request: HttpRequest) -> Checkout | None:
    """The checkout that this very form has begun already: by a double click, or from the page before."""
    try:
        key = uuid.UUID(request.POST.get("uuid", ""))
    except ValueError:
        return None
    return Checkout.objects.filter(uuid=key, person=person_of(request)).first()
