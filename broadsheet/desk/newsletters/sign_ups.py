"""Sign-ups, found by address, and for each reader what they got and why not."""

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.base import TemplateResponseMixin, View
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permission_policies import ModelPermissionPolicy

from broadsheet.delivery.addresses import canonical
from broadsheet.delivery.models import Suppression
from broadsheet.desk.long_lists import LongList, list_patterns
from broadsheet.desk.newsletters.access import SignUpsMenuItem, may_see_sign_ups
from broadsheet.newsletters.models import Label, Labelling, Mailbox, Newsletter, SignUp
from broadsheet.newsletters.sending.fate import fates_of
from broadsheet.platform.prefixes import begins


class SignUpFilters(WagtailFilterSet):
    newsletter = django_filters.ModelMultipleChoiceFilter(
        label=gettext_lazy("Newsletter"),
        queryset=lambda request: Newsletter.objects.all(),
        widget=CheckboxSelectMultiple,
    )
    state = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("State"), choices=SignUp.State.choices, widget=CheckboxSelectMultiple
    )

    label = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Label"),
        queryset=lambda request: Label.objects.all(),
        method="filter_label",
    )

    def filter_label(self, queryset: QuerySet[SignUp], name: str, label: Label) -> QuerySet[SignUp]:
        theirs = Labelling.objects.filter(mailbox=OuterRef("mailbox"), label=label)
        return queryset.filter(Exists(theirs))

    class Meta:
        model = SignUp
        fields: tuple[str, ...] = ()


class SignUpIndex(LongList):
    model = SignUp
    page_title = gettext_lazy("Sign-ups")
    header_icon = "group"
    permission_policy = ModelPermissionPolicy(SignUp)
    default_ordering = "-pk"
    filterset_class = SignUpFilters
    columns: Any = [
        TitleColumn(
            "mailbox",
            label=gettext_lazy("Address"),
            accessor="mailbox.readable_address",
            url_name="sign_ups:mailbox",
            id_accessor="mailbox_id",
        ),
        Column("newsletter", label=gettext_lazy("Newsletter"), accessor="newsletter"),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor="get_state_display",
            primary=lambda sign_up: sign_up.state == SignUp.State.CONFIRMED,
        ),
        Column("place", label=gettext_lazy("Where"), accessor="get_place_display"),
        DateColumn("asked_at", label=gettext_lazy("Signed up")),
        DateColumn("left_at", label=gettext_lazy("Left")),
    ]

    def get_base_queryset(self) -> QuerySet[SignUp]:
        return SignUp.objects.select_related("mailbox", "newsletter")

    def search_queryset(self, queryset: QuerySet[SignUp]) -> QuerySet[SignUp]:
        if not self.is_searching:
            return queryset
        begun = Mailbox.objects.filter(begins("address", canonical(self.search_query))).order_by()
        return queryset.filter(mailbox__in=begun.values("pk"))


class MailboxView(WagtailAdminTemplateMixin, TemplateResponseMixin, View):
    """One reader's newsletters, and of the latest issues whether they got them, and why not."""

    template_name = "desk/newsletters/mailbox.html"
    header_icon = "group"

    @cached_property
    def mailbox(self) -> Mailbox:
        return get_object_or_404(Mailbox.objects.select_related("person"), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not may_see_sign_ups(request.user):
            raise PermissionDenied
        return self.render_to_response(self.get_context_data())

    def get_page_title(self) -> str:
        return _("Erased") if self.mailbox.is_erased else self.mailbox.readable_address

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("sign_ups:index"), "label": _("Sign-ups")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mailbox = self.mailbox
        consents = mailbox.sign_ups.select_related("newsletter").prefetch_related("consents")
        return super().get_context_data(**kwargs) | {
            "mailbox": mailbox,
            "sign_ups": consents,
            "labellings": mailbox.labellings.select_related("label"),
            "fates": fates_of(mailbox),
            "suppression": Suppression.objects.active().of(mailbox.address).first(),
        }


class SignUpViewSet(ViewSet):
    name = "sign_ups"
    url_prefix = "sign-ups"
    model = SignUp
    icon = "group"
    menu_label = gettext_lazy("Sign-ups")
    menu_item_class = SignUpsMenuItem

    def get_urlpatterns(self) -> list[Any]:
        return [
            *list_patterns(self, SignUpIndex),
            path("reader/<int:pk>/", MailboxView.as_view(), name="mailbox"),
        ]
