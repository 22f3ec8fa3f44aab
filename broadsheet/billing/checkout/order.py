"""What every checkout has: the buyer's form before it is paid, and the page that says what came of it."""

import uuid
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from broadsheet.billing import providers
from broadsheet.billing.letters import bank_details
from broadsheet.billing.limits import TOO_MANY_ORDERS, may_order
from broadsheet.billing.models import Buyer, Checkout, Payment
from broadsheet.billing.pages.zone import in_its_zone
from broadsheet.editorial.models import Article, Publication
from broadsheet.membership.models import Market, State, Subscription
from broadsheet.membership.selling import Quote
from broadsheet.people.current import own_or_404, person_of
from broadsheet.people.paths import local_path
from broadsheet.platform.http.editions import edition_of_path
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.http.robots import unlisted
from broadsheet.platform.money import Money

METHODS = {
    Payment.Method.CARD: gettext_lazy("Card"),
    Payment.Method.TRANSFER: gettext_lazy("Bank transfer, on an invoice"),
}


COMPANY_FIELDS = ("company", "vat_number", "address")


class BuyerForm(forms.Form):
    """Who buys, and how they pay. `methods` is empty where nothing can be paid, and there is no button.

    Only an invoice to a business needs a postal address (Directive 2006/112/EC, Art. 226 and 220): tax is
    charged by the edition's market, not by where a buyer lives, and nothing is sent by post.
    """

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=150,
        error_messages={"required": gettext_lazy("Enter your name. It appears on the invoice.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    method = forms.ChoiceField(
        label=gettext_lazy("How would you like to pay?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how you would like to pay.")},
    )
    company = forms.CharField(
        label=gettext_lazy("Company"),
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    vat_number = forms.CharField(label=gettext_lazy("VAT number"), required=False, max_length=40)
    address = forms.CharField(
        label=gettext_lazy("Company address"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    uuid = forms.UUIDField(required=False, widget=forms.HiddenInput)
    agreed = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, request: HttpRequest, agreed: str, **more: Any) -> None:
        """`agreed` is the present quote's; a form that was sent with another was shown at another price."""
        initial = {"name": person_of(request).get_full_name(), "uuid": uuid.uuid4(), "agreed": agreed}
        kwargs: dict[str, Any] = {"initial": initial | more.pop("initial", {}), "auto_id": "buy-%s"}
        super().__init__(request.POST if request.method == "POST" else None, **kwargs)
        self.request = request
        self.status = HTTPStatus.BAD_REQUEST if self.is_bound else HTTPStatus.OK
        """The status of the page that shows it."""
        self.present = agreed
        available = providers.methods()
        self.methods = [method for method in METHODS if method in available]
        field: Any = self.fields["method"]
        field.choices = [(method, METHODS[method]) for method in self.methods]
        field.initial = self.methods[0] if self.methods else ""
        if len(self.methods) == 1:
            field.widget = forms.HiddenInput()

    @property
    def only_method(self) -> str:
        return str(METHODS[self.methods[0]]) if len(self.methods) == 1 else ""

    def clean(self) -> None:
        given = self.cleaned_data
        if (given.get("company") or given.get("vat_number")) and not given.get("address"):
            self.add_error("address", _("Enter the company’s address for its invoice."))
        if given.get("agreed") != self.present:
            # The page now shows the new price, so sending the form again agrees to that.
            self.data = dict(self.data.items()) | {"agreed": self.present}
            self.add_error(
                None,
                _(
                    "The price changed while this page was open. Nothing was charged. This is what it"
                    " costs now."
                ),
            )
        elif not self.errors and not may_order(self.request):
            self.status = HTTPStatus.TOO_MANY_REQUESTS
            self.add_error(None, TOO_MANY_ORDERS)

    @property
    def details_are_open(self) -> bool:
        """Whether the fields for companies are shown unfolded: one is filled in, or has an error."""
        return any(self[name].value() or name in self.errors for name in COMPANY_FIELDS)

    @property
    def buyer(self) -> Buyer:
        given = self.cleaned_data
        return Buyer(
            given["name"],
            given["company"],
            given["address"],
            given["vat_number"],
            reference=given.get("reference", ""),
        )

    def begin(
        self, purpose: Checkout.Purpose, quote: Quote, consent: str, *, next_path: str = "", **more: Any
    ) -> HttpResponseRedirect:
        """Begins the checkout, once for each form however often that is sent, and redirects to pay."""
        given, price, reader = self.cleaned_data, quote.price, person_of(self.request)
        if not reader.get_full_name():
            reader.rename(given["name"])
        return begin(
            self.request,
            given["uuid"],
            given["method"],
            Money(quote.first.total.minor, price.currency),
            self.buyer,
            purpose=purpose,
            edition=price.edition,
            price=price,
            offer=quote.offer,
            trial=quote.trial,
            each_term=quote.each_term.minor,
            consent=consent,
            next_path=local_path(next_path),
            **more,
        )


def begin(
    request: HttpRequest, key: uuid.UUID | None, method: str, due: Money, buyer: Buyer, **fields: Any
) -> HttpResponseRedirect:
    """Begins a checkout and redirects to pay. A form sent twice has the same `key`: it is one checkout."""
    try:
        checkout = Checkout.objects.take(
            key or uuid.uuid4(),
            person_of(request),
            provider=providers.taking(method).name,
            method=method,
            currency=due.currency,
            due=due.minor,
            address=request.META.get("REMOTE_ADDR") or None,
            buyer_name=buyer.name,
            buyer_company=buyer.company,
            buyer_address=buyer.address,
            buyer_vat_number=buyer.vat_number,
            buyer_reference=buyer.reference,
            **fields,
        )
    except (Checkout.DoesNotExist, providers.UnknownProvider) as error:
        raise Http404 from error
    return see_other(checkout.go_on())


def key_of(request: HttpRequest) -> uuid.UUID | None:
    """The key in the form that was sent; None where it has none."""
    try:
        return uuid.UUID(request.POST.get("uuid", ""))
    except ValueError:
        return None


def sent_before(request: HttpRequest) -> Checkout | None:
    """The checkout that this very form has begun already: by a double click, or from the page before."""
    key = key_of(request)
    return Checkout.objects.filter(uuid=key, person=person_of(request)).first() if key else None


def begin_by_card(request: HttpRequest, due: Money, buyer: Buyer, **fields: Any) -> HttpResponseRedirect:
    """`begin` for a page that has only a button."""
    return begin(request, key_of(request), Payment.Method.CARD, due, buyer, **fields)


def card_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Renders a page that has only a button to pay by card."""
    context |= {
        "uuid": uuid.uuid4(),
        "takes_cards": Payment.Method.CARD in providers.methods(),
        "contact": Publication.load(request_or_site=request).contact_email,
    }
    return unlisted(render(request, template, context))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@in_its_zone
def done(request: HttpRequest, uuid: str) -> HttpResponse:
    """The result of a checkout: thanks, or why it failed. A post tries again.

    Who subscribed from an article's wall gets the thanks in that article, open; who is to pay an invoice gets
    the bank account first.
    """
    own = Checkout.objects.filter(person=person_of(request))
    found = own_or_404(
        own.select_related("price__plan", "subscription__price__plan", "invoice", "gift"), pk=uuid
    )
    if request.method == "POST":
        return see_other(found.go_on())
    article = article_at(found.next_path)
    is_invoiced = found.method == Payment.Method.TRANSFER and found.invoice and found.invoice.is_open
    if article and found.begins_to_read and not is_invoiced:
        messages.success(request, welcome(found))
        return see_other(found.next_path)
    context: dict[str, Any] = {"checkout": found, "article": article, "is_invoiced": is_invoiced}
    if is_invoiced:
        context["bank"] = bank_details(found.invoice)
    if found.subscription and found.subscription.is_live:
        context["comes_next"] = comes_next(found.subscription)
    if found.is_unfinished:
        template = "billing/checkout/done_not.html"
    elif found.state == Checkout.State.REFUSED:
        template = "billing/checkout/done_refused.html"
    else:
        template = "billing/checkout/done.html"
    return unlisted(render(request, template, context))


def comes_next(subscription: Subscription) -> str:
    charge = subscription.next_charge
    if not subscription.is_donation:
        charge = Market.objects.of(subscription.price.edition).taxed(charge).total
    due = {"day": subscription.term_end, "charge": charge.brief}
    if subscription.state == State.TRIALING:
        return _("Your trial ends on %(day)s. If you do not cancel before then, %(charge)s is due.") % due
    return _("It renews on %(day)s for %(charge)s. We send you a receipt for every charge.") % due


def welcome(checkout: Checkout) -> str:
    """What the article says to a new subscriber in which they land."""
    thanks = _("Thank you, and welcome. You can now read every article.")
    receipt = _("Your receipt is on its way to %s.") % checkout.person.readable_email if checkout.due else ""
    subscription = checkout.subscription
    ahead = comes_next(subscription) if subscription and subscription.is_live else ""
    return " ".join(filter(None, (thanks, receipt, ahead)))


def article_at(path: str) -> Article | None:
    """The live article at a path of this site."""
    slug = path.partition("?")[0].rstrip("/").rpartition("/")[2]
    live = Article.objects.live().filter(slug=slug, locale__language_code=edition_of_path(path))
    return next((article for article in live if article.get_url() == path), None)
