"""A group that our staff agreed on with somebody: paid by invoice, by the seat or as a whole."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.log_actions import log

from broadsheet.billing.models import Buyer, Invoice, Mandate, Means, Payment, Seller
from broadsheet.billing.notice_kinds import InvoiceNotice
from broadsheet.billing.providers.transfer import Transfer
from broadsheet.delivery.address_fields import EmailField
from broadsheet.desk.acts import ReasonForm
from broadsheet.desk.audit import name_in_log
from broadsheet.desk.readers.complimentary import reader_at
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import Actor, Group, Plan, Price
from broadsheet.membership.models.group.group import FEWEST, MOST
from broadsheet.people.models import Person
from broadsheet.platform.locking import held
from broadsheet.platform.money import from_typed


class NewGroupForm(ReasonForm):
    email = EmailField(
        label=gettext_lazy("Owner’s e-mail address"),
        help_text=gettext_lazy("They must have registered with it. They get the invoice."),
    )
    name = forms.CharField(label=gettext_lazy("Name of the group"), max_length=120)
    price = forms.ModelChoiceField(label=gettext_lazy("Price of a seat"), queryset=Price.objects.none())
    seats = forms.IntegerField(label=gettext_lazy("Seats"), min_value=FEWEST, max_value=MOST)
    amount = forms.CharField(
        label=gettext_lazy("Price of a term, for the whole group"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("In the currency of the price, as in 900.00. Empty: seats times the price."),
    )
    company = forms.CharField(label=gettext_lazy("Invoice made out to"), max_length=150)
    address = forms.CharField(
        label=gettext_lazy("Address"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    vat_number = forms.CharField(label=gettext_lazy("VAT number"), required=False, max_length=40)
    reference = forms.CharField(label=gettext_lazy("Their reference"), required=False, max_length=60)
    field_order = (
        "email",
        "name",
        "price",
        "seats",
        "amount",
        "company",
        "address",
        "vat_number",
        "reference",
        "why",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        prices: Any = self.fields["price"]
        prices.queryset = Price.objects.filter(plan__kind=Plan.Kind.GROUP, retired_at=None).select_related(
            "plan"
        )

    def clean_email(self) -> Person:
        person = reader_at(self.cleaned_data["email"])
        if person is None:
            raise forms.ValidationError(_("Nobody is registered with this address."))
        return person

    def clean(self) -> None:
        typed, price = self.cleaned_data.get("amount"), self.cleaned_data.get("price")
        self.cleaned_data["amount"] = None
        if typed and price:
            try:
                self.cleaned_data["amount"] = from_typed(typed, price.currency).minor
            except forms.ValidationError as error:
                self.add_error("amount", error)


class NewGroup(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView[NewGroupForm]):
    template_name = "desk/act.html"
    model = Group
    permission_required = "change"
    form_class = NewGroupForm
    page_title = gettext_lazy("New group")
    header_icon = "group"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("groups:index"), "label": _("Groups")},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "media": context["form"].media,
            "explanation": _("It begins now. Its owner gets the invoice for the first term by e-mail."),
            "button": _("Begin the group"),
            "back": reverse("groups:index"),
        }

    def form_valid(self, form: NewGroupForm) -> HttpResponse:
        try:
            # Pressed twice at once, the second waits and finds the group.
            with held(form.cleaned_data["email"]):
                group = _begin(form.cleaned_data, self.request.user)
                data = {"why": form.cleaned_data["why"], "what": _("%d seats") % group.seats}
                log(group, "group.begin", user=self.request.user, data=data, title=name_in_log(group))
        except Refused as refused:
            form.add_error(None, refused.reason)
            return self.form_invalid(form)
        messages.success(self.request, _("The group has begun, and the invoice is on its way."))
        return redirect("groups:record", group.pk)


def _begin(given: dict[str, Any], staff: Any) -> Group:
    price, owner = given["price"], given["email"]
    if not Seller.load().can_send_invoices:
        raise Refused(_("Enter the seller and its bank account first: the group pays by invoice."))
    if Group.objects.owned_by(owner).live().filter(name__iexact=given["name"]).exists():
        raise Refused(_("They own a group of this name already."))
    group = Group.objects.begin(
        owner,
        given["name"],
        price,
        given["seats"],
        Actor.staff(staff, given["why"]),
        provider=Transfer.name,
        amount=given["amount"],
    )
    buyer = Buyer(
        owner.get_full_name(),
        given["company"],
        given["address"],
        given["vat_number"],
        owner.email,
        given["reference"],
    )
    Mandate.objects.give(group.subscription, Transfer.name, Means(Payment.Method.TRANSFER), buyer)
    with translation.override(price.edition):
        if invoice := Invoice.objects.issue_term(group.subscription, buyer):
            invoice.say(InvoiceNotice.INVOICE)
    return group
