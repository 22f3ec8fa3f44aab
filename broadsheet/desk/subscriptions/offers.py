"""Offers: their exact wording for readers, their link, and how often they were taken."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError, Q, QuerySet
from django.db.models.deletion import Collector
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList, Panel
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from broadsheet.billing.models import Checkout
from broadsheet.desk.acts import typed_amount
from broadsheet.membership.lengths import Term
from broadsheet.membership.models import Offer, Price
from broadsheet.membership.models.catalogue.offer import AGREED
from broadsheet.membership.selling import Quote
from broadsheet.platform import clock
from broadsheet.platform.money import from_typed


class PriceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, price: Any) -> str:
        return f"{price.get_edition_display()}, {price.plan}: {price.money} {price.each}"


class OfferForm(WagtailAdminModelForm):
    price = PriceField(Price.objects.none(), label=gettext_lazy("To what"))
    amount = forms.CharField(
        label=gettext_lazy("Amount"),
        max_length=20,
        help_text=gettext_lazy("For each of the terms below, in the currency of the price: 1 or 12.50."),
    )

    class Meta(WagtailAdminModelForm.Meta):
        model = Offer
        fields = (
            "name",
            "line",
            "picture",
            "placement",
            "audience",
            "code",
            "price",
            "amount",
            "count",
            "unit",
            "terms",
            "starts_at",
            "ends_at",
            "limit",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sold = Q(retired_at=None, plan__is_on_sale=True, plan__kind="reading") & ~Q(term=Term.ONCE)
        prices = Price.objects.filter(sold | Q(pk=self.instance.price_id)).select_related("plan")
        self.fields["price"].queryset = prices
        if self.instance.pk:
            self.initial["amount"] = typed_amount(self.instance.money)

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip().upper()

    def clean_price(self) -> Price:
        price: Price = self.cleaned_data["price"]
        if price.retired_at or not price.plan.is_on_sale:
            raise ValidationError(_("This price is not sold any more. Choose another, or end the offer."))
        return price

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean()
        price = typed.get("price")
        if price and "amount" in typed:
            try:
                typed["amount"] = from_typed(typed["amount"], price.currency).minor
            except ValidationError as error:
                self.add_error("amount", error)
            else:
                self._refuse_what_is_no_offer(typed)
        return typed

    def _refuse_what_is_no_offer(self, typed: dict[str, Any]) -> None:
        if typed["amount"] > typed["price"].amount:
            self.add_error("amount", _("This is more than the price itself."))
        if self._is_at_a_checkout() and any(
            typed.get(each) != getattr(self.instance, each) for each in AGREED
        ):
            self.add_error(
                None,
                _(
                    "Somebody is at the checkout with this offer: its price and terms stay as they are agreed"
                    " there. End it, and make another one."
                ),
            )
        if not typed.get("limit") or self.instance.used <= typed["limit"]:
            return
        self.add_error("limit", _("It has already been taken %d times.") % self.instance.used)

    def _is_at_a_checkout(self) -> bool:
        return bool(self.instance.pk) and Checkout.objects.unfinished().filter(offer=self.instance).exists()


class WordsPanel(Panel):
    """The offer exactly as readers see it."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "desk/subscriptions/offer_words.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            # Values that were typed and refused are not what readers see.
            offer = Offer.objects.select_related("price__plan").get(pk=self.instance.pk)
            with translation.override(offer.price.edition):
                quote = Quote.of(offer.price, offer=offer)
                path = f"{reverse('subscribe')}?offer={offer.code}"
                words = {
                    "headline": quote.headline,
                    "renewal": quote.renewal,
                    "tax_note": quote.tax_note,
                    "terms": quote.terms,
                    "button": quote.button,
                }
            return (
                context
                | words
                | {
                    "offer": offer,
                    "fault": offer.fault(),
                    "link": self.request.build_absolute_uri(path),
                }
            )


class OfferIndex(generic.IndexView):
    default_ordering = "-starts_at"

    def get_base_queryset(self) -> QuerySet[Offer]:
        rows: QuerySet[Offer] = super().get_base_queryset()
        return rows.select_related("price__plan")


def says(offer: Offer) -> str:
    return offer.at(offer.money.brief)


def state_of(offer: Offer) -> str:
    if not offer.fault():
        return _("Open")
    return _("To come") if offer.starts_at > clock.now() else _("Closed")


def uses(offer: Offer) -> str:
    used = number_format(offer.used, force_grouping=True)
    if offer.limit is None:
        return used
    return _("%(used)s of %(limit)s") % {
        "used": used,
        "limit": number_format(offer.limit, force_grouping=True),
    }


class NewOffer(generic.CreateView):
    def get_success_url(self) -> str:
        # On pages where its wording is shown.
        return reverse("offers:edit", args=[self.object.pk])


class EditOffer(generic.EditView):
    def get_success_url(self) -> str:
        return reverse("offers:edit", args=[self.object.pk])


class DeleteOffer(generic.DeleteView):
    """An offer that somebody took is part of their agreement: it can be ended, not deleted."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        offer = self.get_object()
        try:
            Collector(using="default").collect([offer])
        except ProtectedError:
            is_needed = True
        else:
            is_needed = bool(offer.used)
        if is_needed:
            messages.error(request, _("“%s” has been taken up already. Let it end instead.") % offer)
            return redirect("offers:edit", offer.pk)
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        return answer


class OfferViewSet(ModelViewSet):
    model = Offer
    name = "offers"
    icon = "tag"
    menu_label = gettext_lazy("Offers")
    index_view_class = OfferIndex
    add_view_class = NewOffer
    edit_view_class = EditOffer
    delete_view_class = DeleteOffer
    copy_view_enabled = False
    search_fields: ClassVar[list[str]] = ["name", "code"]
    list_display: ClassVar[list[Any]] = [
        "name",
        Column("code", label=gettext_lazy("Code")),
        Column("says", label=gettext_lazy("What"), accessor=says),
        Column("price", label=gettext_lazy("To what")),
        Column(
            "placement", label=gettext_lazy("Where it shows"), accessor="get_placement_display", width="20%"
        ),
        Column("used", label=gettext_lazy("Taken"), accessor=uses),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor=state_of,
            primary=lambda offer: not offer.fault(),
        ),
        DateColumn("ends_at", label=gettext_lazy("Ends"), sort_key="ends_at"),
    ]
    edit_handler = ObjectList(
        [
            WordsPanel(heading=gettext_lazy("What readers see")),
            MultiFieldPanel(
                [
                    FieldPanel("name"),
                    FieldPanel("code"),
                    FieldPanel("line"),
                    FieldPanel("picture"),
                    FieldRowPanel([FieldPanel("placement"), FieldPanel("audience")]),
                ],
                heading=gettext_lazy("Offer"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("price"),
                    FieldPanel("amount"),
                    FieldRowPanel([FieldPanel("count"), FieldPanel("unit"), FieldPanel("terms")]),
                ],
                heading=gettext_lazy("What it costs"),
            ),
            MultiFieldPanel(
                [FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]), FieldPanel("limit")],
                heading=gettext_lazy("When, and how often"),
            ),
        ],
        base_form_class=OfferForm,
    )
