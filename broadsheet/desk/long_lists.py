"""Lists with too many rows to count or to scan. They are searched by prefix."""

from datetime import datetime
from typing import Any

import django_filters
from django import forms
from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.admin_url_finder import ModelAdminURLFinder, register_admin_url_finder
from wagtail.admin.menu import MenuItem
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permissions import policy_registry

from broadsheet.desk.csv_files import WithoutFormulas
from broadsheet.platform.days import day_of, name_of


class DayColumn(Column):
    """The day of a moment in the row’s own `zone`, as the reader is told it, and not in that of our staff."""

    def get_value(self, instance: Any) -> str:
        moment = super().get_value(instance)
        return name_of(moment, instance.zone) if moment else ""


class SettledFilter(django_filters.BooleanFilter):
    """Whether somebody has settled a row."""

    def __init__(self, label: Any) -> None:
        answers = [("", gettext_lazy("Any")), (True, gettext_lazy("Yes")), (False, gettext_lazy("No"))]
        super().__init__(
            label=label,
            field_name="settled_at",
            lookup_expr="isnull",
            exclude=True,
            widget=forms.RadioSelect(choices=answers),
        )


class LongPaginator(WagtailPaginator):
    """Pages through the first ten thousand rows. To see more, filter, search or export.

    One query fetches the keys, which also gives the count; a second fetches the rows of one page.
    """

    MOST = 10_000

    rows: QuerySet[Any]
    """All that could be listed, with what the columns need."""

    @cached_property
    def keys(self) -> list[Any]:
        return list(self.object_list.values_list("pk", flat=True)[: self.MOST])

    @cached_property
    def count(self) -> int:
        return len(self.keys)

    @property
    def is_cut(self) -> bool:
        return self.count >= self.MOST

    @cached_property
    def items_count_label(self) -> str:
        if not self.is_cut:
            return super().items_count_label
        number = {"count": number_format(self.MOST, force_grouping=True), "name": self.verbose_name_plural}
        return _("%(count)s %(name)s and more") % number

    def page(self, number: Any) -> Page[Any]:
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        keys = self.keys[first : first + self.per_page]
        found = {row.pk: row for row in self.rows.filter(pk__in=keys)}
        # A row deleted between the two queries is missing.
        return self._get_page([found[key] for key in keys if key in found], number, self)


class LongList(WithoutFormulas, generic.IndexView):
    """A list whose QuerySet has `found(text)`, which searches it."""

    results_template_name = "desk/long_list_results.html"
    paginator_class = LongPaginator
    paginate_by = 50
    is_searchable = True
    any_permission_required = None
    permission_required = "view"

    def get_paginator(self, *args: Any, **options: Any) -> LongPaginator:
        paginator = super().get_paginator(*args, **options)
        paginator.rows = self.get_base_queryset()
        return paginator

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        falls = self.ordering.startswith("-")
        return queryset.order_by(self.ordering, "-pk" if falls else "pk")

    def search_queryset(self, queryset: Any) -> Any:
        return queryset.found(self.search_query) if self.is_searching else queryset

    def to_row_dict(self, item: Any) -> dict[str, Any]:
        """With days in the row’s own `zone`, where it has one."""
        row: dict[str, Any] = super().to_row_dict(item)
        zone = getattr(item, "zone", None)
        if zone is None:
            return row
        return {
            name: day_of(value, zone) if isinstance(value, datetime) else value for name, value in row.items()
        }

    def as_spreadsheet(self, queryset: QuerySet[Any], spreadsheet_format: str) -> HttpResponse:
        # Row by row, so that memory does not grow with the list.
        return super().as_spreadsheet(queryset.iterator(chunk_size=2000), spreadsheet_format)


class OpenFirst(LongList):
    """What is settled comes last, unless somebody orders the list otherwise."""

    def order_queryset(self, queryset: Any) -> Any:
        return super().order_queryset(queryset) if self.is_explicitly_ordered else queryset.open_first()


class Record(generic.InspectView):
    """The page of one row, whose template names what it shows."""

    any_permission_required = None
    permission_required = "view"

    def get_fields_context(self) -> list[Any]:
        return []


class RecordsMenuItem(MenuItem):
    def __init__(self, *args: Any, model: Any, **kwargs: Any) -> None:
        self.model = model
        super().__init__(*args, **kwargs)

    def is_shown(self, request: Any) -> bool:
        return bool(policy_registry.get_by_type(self.model).user_has_permission(request.user, "view"))


def list_patterns(viewset: ViewSet, view: type[generic.IndexView]) -> list[URLPattern]:
    """The address of a list, and of its rows alone, which a search loads while somebody types."""
    names = {
        "index_url_name": viewset.get_url_name("index"),
        "index_results_url_name": viewset.get_url_name("index_results"),
    }
    return [
        path("", view.as_view(**names), name="index"),
        path("results/", view.as_view(**names, results_only=True), name="index_results"),
    ]


class RecordsViewSet(ViewSet):
    """A list of rows that nobody adds or edits here. Each has a record page with its actions."""

    list_view: type[generic.IndexView]
    record_view: type[generic.InspectView]

    def menu_item_class(self, **options: Any) -> MenuItem:
        return RecordsMenuItem(model=self.model, **options)

    def on_register(self) -> None:
        super().on_register()
        # The site history links to records by it.
        finder = type(
            "Finder",
            (ModelAdminURLFinder,),
            {"edit_url_name": self.get_url_name("record"), "model": self.model},
        )
        register_admin_url_finder(self.model, finder)

    def get_urlpatterns(self) -> list[Any]:
        return [
            *list_patterns(self, self.list_view),
            path("<int:pk>/", self.record_view.as_view(), name="record"),
        ]
