"""All subscriptions, for the subscriptions manager: found by number, address or name, filtered, exported."""

from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.forms import CheckboxSelectMultiple, RadioSelect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn

from broadsheet.billing import providers as payment_providers
from broadsheet.desk.long_lists import DayColumn, LongList, RecordsViewSet
from broadsheet.desk.subscriptions import subscription_acts as acts
from broadsheet.desk.subscriptions.subscription_record import SubscriptionRecord
from broadsheet.membership.models import Cancellation, Pause, Plan, Price, State, Subscription
from broadsheet.platform import clock
from broadsheet.platform.edition_field import editions

SOON = ((7, gettext_lazy("in the next 7 days")), (30, gettext_lazy("in the next 30 days")))


def providers() -> list[tuple[str, str]]:
    return [(name, name.capitalize()) for name in payment_providers.names()]


class SubscriptionFilters(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("State"), choices=State.choices, widget=CheckboxSelectMultiple
    )
    cancelled = django_filters.BooleanFilter(
        label=gettext_lazy("Ends with its term"),
        method="are_cancelled",
        widget=RadioSelect(choices=[("", gettext_lazy("Any")), (True, gettext_lazy("Yes"))]),
    )
    due = django_filters.ChoiceFilter(
        label=gettext_lazy("Renews or ends"),
        choices=SOON,
        method="are_due",
        empty_label=gettext_lazy("Any time"),
        widget=RadioSelect,
    )
    plan = django_filters.ModelMultipleChoiceFilter(
        label=gettext_lazy("Plan"),
        queryset=lambda request: Plan.objects.all(),
        method="of_plans",
        widget=CheckboxSelectMultiple,
    )
    edition = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Edition"),
        choices=editions,
        method="of_editions",
        widget=CheckboxSelectMultiple,
    )
    provider = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Payment provider"), choices=providers, widget=CheckboxSelectMultiple
    )

    class Meta:
        model = Subscription
        fields: tuple[str, ...] = ()

    def are_cancelled(self, rows: Any, name: str, are_so: bool) -> Any:
        return rows.cancelled() if are_so else rows

    def are_due(self, rows: Any, name: str, days: str) -> Any:
        now = clock.now()
        running = (State.TRIALING, State.ACTIVE)
        return rows.filter(state__in=running, term_ends_at__range=(now, now + timedelta(days=int(days))))

    # By the keys of the prices, which are few, so that the index on price is used.
    def of_plans(self, rows: Any, name: str, plans: list[Plan]) -> Any:
        return rows.filter(price__in=list(Price.objects.filter(plan__in=plans))) if plans else rows

    def of_editions(self, rows: Any, name: str, tags: list[str]) -> Any:
        return rows.filter(price__in=list(Price.objects.filter(edition__in=tags))) if tags else rows


def prospect(subscription: Any) -> str:
    """What comes next: “renews 24 December 2026”."""
    if subscription.state == State.ENDED:
        words, moment = _("ended %s"), subscription.ended_at
    elif subscription.state == State.PAUSED:
        words, moment = _("back %s"), subscription.back_at
    elif subscription.state == State.PAST_DUE:
        words, moment = _("lapses %s"), subscription.lapses_at
    else:
        words = _("ends %s") if subscription.is_cancelled else _("renews %s")
        moment = subscription.term_ends_at
    return words % subscription.day(moment)


class SubscriptionList(LongList):
    model = Subscription
    page_title = gettext_lazy("Subscriptions")
    header_icon = "tag"
    default_ordering = "-began_at"
    filterset_class = SubscriptionFilters
    export_filename = "subscriptions"
    columns = [
        TitleColumn("number", label=gettext_lazy("Number"), url_name="subscriptions:record", width="12%"),
        Column("reader", label=gettext_lazy("Reader"), accessor="person.readable_email"),
        Column("name", label=gettext_lazy("Name"), accessor="person.get_full_name"),
        Column("plan", label=gettext_lazy("Plan"), accessor="price"),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor="get_state_display",
            primary=lambda subscription: subscription.state == State.ACTIVE,
            width="10%",
        ),
        Column(
            "next",
            label=gettext_lazy("What comes next"),
            accessor=prospect,
            sort_key="term_ends_at",
            width="16%",
        ),
        DayColumn("began_at", label=gettext_lazy("Began"), sort_key="began_at", width="10%"),
    ]
    list_export: Any = [
        "number",
        "person.email",
        "person.get_full_name",
        "plan",
        "price.edition",
        "get_state_display",
        "money.decimal",
        "currency",
        "price.term",
        "began_at",
        "term_ends_at",
        "is_cancelled",
        "ended_at",
        "time_zone",
        "provider",
    ]
    export_headings: Any = {
        "number": gettext_lazy("Number"),
        "person.email": gettext_lazy("E-mail address"),
        "person.get_full_name": gettext_lazy("Name"),
        "plan": gettext_lazy("Plan"),
        "price.edition": gettext_lazy("Edition"),
        "get_state_display": gettext_lazy("State"),
        "money.decimal": gettext_lazy("Amount"),
        "currency": gettext_lazy("Currency"),
        "price.term": gettext_lazy("Term"),
        "began_at": gettext_lazy("Began"),
        "term_ends_at": gettext_lazy("Term ends"),
        "is_cancelled": gettext_lazy("Ends with its term"),
        "ended_at": gettext_lazy("Ended"),
        "time_zone": gettext_lazy("Time zone of its days"),
        "provider": gettext_lazy("Payment provider"),
    }

    def get_base_queryset(self) -> QuerySet[Subscription]:
        pauses = Pause.objects.filter(subscription=OuterRef("pk"), ended_at=None)
        cancelled = Cancellation.objects.filter(subscription=OuterRef("pk"), undone_at=None)
        rows: QuerySet[Subscription] = Subscription.objects.select_related("person", "price__plan")
        return rows.annotate(back_at=Subquery(pauses.values("until")[:1]), is_cancelled=Exists(cancelled))


class SubscriptionsViewSet(RecordsViewSet):
    name = "subscriptions"
    model = Subscription
    icon = "tag"
    menu_label = gettext_lazy("Subscriptions")
    list_view = SubscriptionList
    record_view = SubscriptionRecord

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/pause/", acts.Pause.as_view(), name="pause"),
            path("<int:pk>/resume/", acts.Resume.as_view(), name="resume"),
            path("<int:pk>/cancel/", acts.Cancel.as_view(), name="cancel"),
            path("<int:pk>/keep/", acts.Keep.as_view(), name="keep"),
            path("<int:pk>/extend/", acts.Extend.as_view(), name="extend"),
            path("<int:pk>/change/", acts.Change.as_view(), name="change"),
            path("<int:pk>/end/", acts.End.as_view(), name="end"),
        ]
