"""Plans with their prices. New prices are added here; a price that somebody agreed to is only replaced."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, Prefetch, ProtectedError, Q, QuerySet, Subquery
from django.db.models.deletion import Collector
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modelcluster.forms import BaseChildFormSet
from wagtail.admin import messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList, Panel
from wagtail.admin.ui.tables import Column, NumberColumn, StatusTagColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from broadsheet.billing.models import Checkout
from broadsheet.desk.acts import typed_amount
from broadsheet.desk.subscriptions import price_acts as acts
from broadsheet.editorial.models import Edition
from broadsheet.membership.lengths import Term
from broadsheet.membership.models import Plan, Price, State, Subscription
from broadsheet.membership.prices import agreed_prices
from broadsheet.platform.money import from_typed


class PriceForm(WagtailAdminModelForm):
    amount = forms.CharField(
        label=gettext_lazy("Amount"), max_length=20, help_text=gettext_lazy("As in 40 or 12.50.")
    )

    class Meta(WagtailAdminModelForm.Meta):
        model = Price
        fields = ("edition", "term", "amount", "currency", "trial_days")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].required = False
        self.fields["currency"].help_text = _("Empty: the edition’s own.")
        if self.instance.pk:
            self.initial["amount"] = typed_amount(self.instance.money)

    def clean_currency(self) -> str:
        typed = str(self.cleaned_data["currency"] or "").upper()
        tag = self.cleaned_data.get("edition")
        edition = Edition.objects.filter(locale__language_code=tag).first()
        if edition is None:
            return typed
        if typed and typed != edition.currency:
            raise ValidationError(
                _("%(edition)s sells in %(currency)s. Leave this empty.")
                % {"edition": edition.full_name, "currency": edition.currency}
            )
        return str(edition.currency)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean()
        currency = typed.get("currency")
        if not currency and "currency" not in self.errors:
            self.add_error("currency", _("There is no such edition to take it from: write one such as USD."))
        if currency and "amount" in typed:
            try:
                typed["amount"] = from_typed(typed["amount"], currency).minor
            except ValidationError as error:
                self.add_error("amount", error)
        return typed


def _binding() -> QuerySet[Price]:
    at_checkout = Checkout.objects.unfinished().exclude(price=None).values("price")
    return agreed_prices() | Price.objects.filter(pk__in=at_checkout)


class PricesAsTheyAreSold(BaseChildFormSet):
    """Prices that nobody has agreed to and that no open checkout uses.

    The others can only be replaced: see `AgreedPanel`.
    """

    def __init__(self, *args: Any, instance: Any = None, **kwargs: Any) -> None:
        free = Price.objects.filter(plan=instance.pk if instance else None, retired_at=None)
        kwargs["queryset"] = free.exclude(pk__in=_binding().values("pk"))
        super().__init__(*args, instance=instance, **kwargs)

    def clean(self) -> None:
        super().clean()
        taken = {
            (price.edition, price.term)
            for price in Price.objects.filter(plan=self.instance.pk, retired_at=None).exclude(
                pk__in=[form.instance.pk for form in self.initial_forms]
            )
        }
        for form in self.forms:
            if form in self.deleted_forms:
                self._refuse_where_it_is_needed(form)
            elif not form.errors and "edition" in form.cleaned_data:
                self._check(form, taken)
        if any(form.errors for form in self.forms):
            raise ValidationError(_("See the prices below."))

    def _check(self, form: forms.ModelForm[Price], taken: set[tuple[str, str]]) -> None:
        edition, term = form.cleaned_data["edition"], form.cleaned_data["term"]
        if term == Term.ONCE and not self.instance.is_donation:
            form.add_error("term", _("Only a donation is paid once. A subscription has a term."))
        elif self.instance.kind != Plan.Kind.READING and form.cleaned_data["trial_days"]:
            form.add_error("trial_days", _("A donation or a group has no trial."))
        elif term != Term.ONCE and (edition, term) in taken:
            form.add_error(
                "term",
                _("This plan has a price for this term in this edition already. Replace that one."),
            )
        taken.add((edition, term))

    @staticmethod
    def _refuse_where_it_is_needed(form: forms.ModelForm[Price]) -> None:
        if form.instance._state.adding:
            return
        try:
            Collector(using="default").collect([form.instance])
        except ProtectedError:
            raise ValidationError(
                _("%s: an offer or somebody’s checkout is for this price. Retire it when it is saved.")
                % form.instance
            ) from None


class PricesPanel(InlinePanel):
    def get_form_options(self) -> dict[str, Any]:
        options: dict[str, Any] = super().get_form_options()
        options["formsets"][self.relation_name] |= {"form": PriceForm, "formset": PricesAsTheyAreSold}
        return options


class AgreedPanel(Panel):
    """Prices that somebody agreed to, with how many did, and prices that are no longer sold."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "desk/subscriptions/agreed_prices.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk) and bool(self.rows)

        @property
        def rows(self) -> list[Price]:
            binding = _binding().values("pk")
            prices = self.instance.prices.filter(Q(pk__in=binding) | Q(retired_at__isnull=False))
            live = Count("subscriptions", filter=~Q(subscriptions__state=State.ENDED))
            return list(
                Price.objects.filter(pk__in=[price.pk for price in prices])
                .select_related("plan", "replaced_by__plan")
                .annotate(live=live)
                .order_by("edition", "term", "-pk")
            )

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            return context | {"prices": self.rows}


class PlanForm(WagtailAdminModelForm):
    class Meta(WagtailAdminModelForm.Meta):
        model = Plan
        fields = (
            "kind",
            "name",
            "summary",
            "promises",
            "gift_links",
            "includes_print",
            "is_on_sale",
            "order",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and agreed_prices().filter(plan=self.instance).exists():
            self.fields["kind"].disabled = True
        # A new plan has no prices yet, but which prices are allowed depends on its kind.
        for formset in self.formsets.values():
            formset.instance = self.instance


class PlanIndex(generic.IndexView):
    default_ordering = "order"

    def get_base_queryset(self) -> QuerySet[Plan]:
        rows: QuerySet[Plan] = super().get_base_queryset()
        current = Price.objects.filter(retired_at=None).order_by("edition", "amount")
        # Not by a join, which would repeat each plan once for every subscriber.
        subscribed = Subscription.objects.live().filter(price__plan=OuterRef("pk")).order_by()
        live = subscribed.values("price__plan").annotate(number=Count("pk")).values("number")
        prices = Prefetch("prices", current.select_related("plan"), to_attr="current")
        return rows.annotate(live=Coalesce(Subquery(live), 0)).prefetch_related(prices)


class PricesColumn(Column):
    def get_value(self, plan: Any) -> str:
        return ", ".join(f"{price.money.brief} {price.each}" for price in plan.current) or _("none")


class DeletePlan(generic.DeleteView):
    """A plan that somebody has can be taken off sale, not deleted."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        if self._is_needed():
            messages.error(
                request,
                _("“%s” is what somebody subscribed to, or an offer is for it. Take it off sale instead.")
                % self.object,
            )
            return redirect("plans:edit", self.object.pk)
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        return answer

    def _is_needed(self) -> bool:
        try:
            Collector(using="default").collect(list(self.object.prices.all()))
        except ProtectedError:
            return True
        return agreed_prices().filter(plan=self.object).exists()

    def delete_action(self) -> None:
        self.object.prices.all().delete()
        super().delete_action()


class PlanViewSet(ModelViewSet):
    model = Plan
    name = "plans"
    icon = "list-ul"
    menu_label = gettext_lazy("Plans")
    index_view_class = PlanIndex
    delete_view_class = DeletePlan
    copy_view_enabled = False
    inspect_view_enabled = False
    list_display: ClassVar[list[Any]] = [
        "name",
        Column("kind", label=gettext_lazy("Kind"), accessor="get_kind_display"),
        PricesColumn("prices", label=gettext_lazy("Sold at"), width="40%"),
        NumberColumn("live", label=gettext_lazy("Subscribers")),
        StatusTagColumn(
            "sold",
            label=gettext_lazy("State"),
            accessor=lambda plan: _("On sale") if plan.is_on_sale else _("Not on sale"),
            primary=lambda plan: plan.is_on_sale,
        ),
    ]
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldPanel("name"),
                    FieldPanel("kind"),
                    FieldPanel("summary"),
                    FieldPanel("promises"),
                    FieldPanel("gift_links"),
                    FieldPanel("includes_print"),
                    FieldRowPanel([FieldPanel("is_on_sale"), FieldPanel("order")]),
                ],
                heading=gettext_lazy("Plan"),
            ),
            PricesPanel(
                "prices",
                panels=[
                    FieldRowPanel([FieldPanel("edition"), FieldPanel("term")]),
                    FieldRowPanel([FieldPanel("amount"), FieldPanel("currency"), FieldPanel("trial_days")]),
                ],
                heading=gettext_lazy("Prices to be agreed"),
                label=gettext_lazy("Price"),
                help_text=gettext_lazy("Once somebody has agreed to a price it can only be replaced."),
            ),
            AgreedPanel(heading=gettext_lazy("Prices that hold")),
        ],
        base_form_class=PlanForm,
    )

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("prices/<int:pk>/replace/", acts.Replace.as_view(), name="replace"),
            path("prices/<int:pk>/retire/", acts.Retire.as_view(), name="retire"),
        ]
