"""Readers and their complimentary subscriptions, for the subscriptions manager."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button
from wagtail.contrib.settings.registry import SettingMenuItem
from wagtail.permissions import policy_registry

from broadsheet.billing.models import Seller
from broadsheet.delivery.address_fields import EmailField
from broadsheet.desk.long_lists import LongList, list_patterns
from broadsheet.desk.paywall.institutions import InstitutionViewSet
from broadsheet.desk.readers.reader_record import ReaderRecord
from broadsheet.desk.subscriptions.gifts import GiftsViewSet
from broadsheet.desk.subscriptions.invoices import InvoicesViewSet
from broadsheet.desk.subscriptions.markets import MarketViewSet
from broadsheet.desk.subscriptions.offers import OfferViewSet
from broadsheet.desk.subscriptions.payments import PaymentsViewSet
from broadsheet.desk.subscriptions.plans import PlanViewSet
from broadsheet.desk.subscriptions.subscriptions import SubscriptionsViewSet
from broadsheet.desk.subscriptions.withdrawals import WithdrawalsViewSet
from broadsheet.desk.zones import InAZone
from broadsheet.editorial.models import Publication
from broadsheet.membership.models import Entitlement, SalesPolicy
from broadsheet.people.models import Person
from broadsheet.platform import clock


class EntitlementForm(WagtailAdminModelForm):
    email = EmailField(label=_("Reader’s e-mail address"), help_text=_("They must have registered with it."))

    class Meta:
        model = Entitlement
        fields = ("starts_at", "ends_at", "reason")

    field_order = ("email", "starts_at", "ends_at", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["email"] = self.instance.person.email
            self.fields["email"].disabled = True

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        person = Person.objects.filter(email=email, is_active=True).first()
        if person is None:
            raise forms.ValidationError(_("Nobody is registered with this address."))
        self.instance.person = person
        return email

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        starts, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("It must end after it begins."))
        elif ends and not self.instance.pk and ends <= clock.now():
            self.add_error("ends_at", _("This moment has passed. Choose one to come."))
        return cleaned


class InThePublicationsZone(InAZone):
    """That of complimentary subscriptions."""

    def zone(self) -> ZoneInfo:
        return Publication.load().zone


class GiveView(InThePublicationsZone, generic.CreateView):
    def get_initial(self) -> dict[str, Any]:
        return {"email": self.request.GET.get("email", "")}

    def save_instance(self) -> Any:
        self.form.instance.given_by = self.request.user
        return super().save_instance()


class EntitlementIndex(InThePublicationsZone, generic.IndexView):
    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().complimentary().select_related("person", "given_by")


class EditEntitlement(InThePublicationsZone, generic.EditView):
    def get_queryset(self) -> Any:
        return Entitlement.objects.complimentary()


class DeleteEntitlement(InThePublicationsZone, generic.DeleteView):
    def get_queryset(self) -> Any:
        return Entitlement.objects.complimentary()


class EntitlementViewSet(ModelViewSet):
    model = Entitlement
    name = "complimentary"
    icon = "pick"
    menu_label = _("Complimentary")
    add_view_class = GiveView
    index_view_class = EntitlementIndex
    edit_view_class = EditEntitlement
    delete_view_class = DeleteEntitlement
    copy_view_enabled = False
    search_fields: Any = ["person__email", "person__first_name", "person__last_name", "reason"]
    list_display: Any = [
        TitleColumn(
            "person", label=_("Reader"), accessor="person.readable_email", url_name="complimentary:edit"
        ),
        Column("reason", label=_("Reason")),
        DateColumn("starts_at", label=_("Begins"), sort_key="starts_at"),
        DateColumn("ends_at", label=_("Ends"), sort_key="ends_at"),
        Column("given_by", label=_("Given by")),
    ]

    def get_form_class(self, for_update: bool = False) -> type[EntitlementForm]:
        return EntitlementForm


class ReadersIndex(LongList):
    """Finds readers, without staff accounts. Nothing can be changed here."""

    model = Person
    page_title = _("Readers")
    header_icon = "group"
    default_ordering = "email"
    permission_required = "change"

    def search_queryset(self, queryset: Any) -> Any:
        return queryset.called(self.search_query) if self.is_searching else queryset

    @cached_property
    def permission_policy(self) -> Any:
        return policy_registry.get_by_type(Entitlement)

    @cached_property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column("email", accessor="readable_email"),
            Column("name", label=_("Name"), accessor="get_full_name"),
            DateColumn("date_joined", label=_("Registered"), sort_key="date_joined"),
            DateColumn("last_login", label=_("Last signed in"), sort_key="last_login"),
        ]

    def get_inspect_url(self, instance: Person) -> str:
        return reverse("readers:record", args=[instance.pk])

    def get_base_queryset(self) -> QuerySet[Person]:
        return Person.objects.readers()

    def get_list_buttons(self, instance: Person) -> list[Button]:
        address = f"{reverse('complimentary:add')}?{urlencode({'email': instance.email})}"
        return [
            Button(_("Give a subscription"), url=address, classname="button button-small button-secondary")
        ]


class ReadersMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return bool(policy_registry.get_by_type(Entitlement).user_has_permission(request.user, "change"))


class ReadersViewSet(ViewSet):
    name = "readers"
    model = Person
    icon = "group"
    menu_label = _("Readers")

    menu_item_class = ReadersMenuItem

    def get_urlpatterns(self) -> list[Any]:
        return [
            *list_patterns(self, ReadersIndex),
            path("<int:pk>/", ReaderRecord.as_view(), name="record"),
        ]


class SubscriptionsGroup(ViewSetGroup):
    menu_label = _("Subscriptions")
    menu_icon = "group"
    menu_order = 200
    items = (
        SubscriptionsViewSet,
        ReadersViewSet,
        InvoicesViewSet,
        PaymentsViewSet,
        GiftsViewSet,
        WithdrawalsViewSet,
        EntitlementViewSet,
        InstitutionViewSet,
    )


class SellingGroup(ViewSetGroup):
    menu_label = _("Plans and offers")
    menu_icon = "tag"
    menu_order = 210
    items = (PlanViewSet, OfferViewSet, MarketViewSet)

    def get_submenu_items(self) -> list[Any]:
        # These are Wagtail settings, so they are listed among the settings as well.
        return [
            *super().get_submenu_items(),
            SettingMenuItem(SalesPolicy, icon="calendar", order=10),
            SettingMenuItem(Seller, icon="form", order=11),
        ]


@hooks.register("register_admin_viewset")
def register_readers() -> list[ViewSetGroup]:
    return [SubscriptionsGroup(), SellingGroup()]
