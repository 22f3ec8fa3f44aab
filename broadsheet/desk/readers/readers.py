"""Readers and their complimentary subscriptions, for the subscriptions manager."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup
from wagtail.admin.widgets.button import Button
from wagtail.contrib.settings.registry import SettingMenuItem
from wagtail.permissions import policy_registry

from broadsheet.billing.models import Seller
from broadsheet.desk.contact.moves import MoveOfReader
from broadsheet.desk.long_lists import LongList, list_patterns
from broadsheet.desk.paywall.institutions import InstitutionViewSet
from broadsheet.desk.readers.complimentary import EntitlementViewSet
from broadsheet.desk.readers.reader_record import ReaderRecord
from broadsheet.desk.subscriptions.differences import DifferencesViewSet
from broadsheet.desk.subscriptions.gifts import GiftsViewSet
from broadsheet.desk.subscriptions.groups import GroupsViewSet
from broadsheet.desk.subscriptions.invoices import InvoicesViewSet
from broadsheet.desk.subscriptions.markets import MarketViewSet
from broadsheet.desk.subscriptions.offers import OfferViewSet
from broadsheet.desk.subscriptions.payments import PaymentsViewSet
from broadsheet.desk.subscriptions.plans import PlanViewSet
from broadsheet.desk.subscriptions.subscriptions import SubscriptionsViewSet
from broadsheet.desk.subscriptions.withdrawals import WithdrawalsViewSet
from broadsheet.membership.models import Entitlement, SalesPolicy
from broadsheet.people.models import Person
from broadsheet.weekly.models import ReaderNumber


class ReadersIndex(LongList):
    """Finds readers, without staff accounts. Nothing can be changed here."""

    model = Person
    page_title = _("Readers")
    header_icon = "group"
    default_ordering = "email"
    permission_required = "change"

    def search_queryset(self, queryset: Any) -> Any:
        """By address and name, or by the number that a file of an issue carries."""
        if not self.is_searching:
            return queryset
        numbers = ReaderNumber.objects.written(self.search_query).values("person")
        return queryset.called(self.search_query) | queryset.filter(pk__in=numbers)

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
            path("<int:pk>/move/", MoveOfReader.as_view(), name="move"),
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
        DifferencesViewSet,
        GroupsViewSet,
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
