"""The report of pictures without a credit."""

from collections import defaultdict
from typing import Any

from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.models import Page, ReferenceIndex, get_default_page_content_type
from wagtail.permissions import policy_registry

from broadsheet.desk.csv_files import WithoutFormulas
from broadsheet.editorial.models import Picture


def may_mend_pictures(user: Any) -> bool:
    return bool(policy_registry.get_by_type(Picture).user_has_permission(user, "change"))


class UsedInColumn(Column):
    cell_template_name = "desk/newsroom/used_in.html"


class PicturesWithoutCredit(WithoutFormulas, ReportView):
    page_title = _("Pictures without credit")
    header_icon = "image"
    model = Picture
    permission_required = "change"
    index_url_name = "pictures_without_credit"
    index_results_url_name = "pictures_without_credit_results"
    default_ordering = "-created_at"
    list_export: Any = ["title", "credit_unknown", "created_at"]
    columns = [
        TitleColumn(
            "title",
            label=_("Picture"),
            get_url=lambda picture: reverse("wagtailimages:edit", args=[picture.pk]),
        ),
        Column(
            "missing",
            label=_("Credit"),
            accessor=lambda picture: _("unknown") if picture.credit_unknown else _("missing"),
        ),
        UsedInColumn("used_in", label=_("Used in")),
        DateColumn("created_at", label=_("Added"), sort_key="created_at"),
    ]

    def get_base_queryset(self) -> QuerySet[Picture]:
        return Picture.objects.in_need_of_credit()

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        pictures = list(object_list)
        used_in = pages_with(pictures)
        for picture in pictures:
            picture.used_in = used_in[picture.pk]
        return pictures


def pages_with(pictures: list[Picture]) -> dict[int, list[Page]]:
    """Picture id → the pages that show it, in two queries."""
    references = (
        ReferenceIndex.objects.filter(
            base_content_type=get_default_page_content_type(),
            to_object_id__in=[str(picture.pk) for picture in pictures],
            to_content_type__app_label=Picture._meta.app_label,
            to_content_type__model=Picture._meta.model_name,
        )
        .values_list("to_object_id", "object_id")
        .distinct()
    )
    pages = Page.objects.in_bulk([int(page_id) for _picture, page_id in references])
    found: dict[int, list[Page]] = defaultdict(list)
    for picture_id, page_id in references:
        if page := pages.get(int(page_id)):
            found[int(picture_id)].append(page)
    return found


class PicturesMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return may_mend_pictures(request.user)


@hooks.register("register_reports_menu_item")
def report_menu_item() -> MenuItem:
    return PicturesMenuItem(
        _("Pictures without credit"),
        reverse("pictures_without_credit"),
        name="pictures-without-credit",
        icon_name="image",
        order=100,
    )


@hooks.register("register_admin_urls")
def report_urls() -> list[Any]:
    return [
        path(
            "reports/pictures-without-credit/",
            PicturesWithoutCredit.as_view(),
            name="pictures_without_credit",
        ),
        path(
            "reports/pictures-without-credit/results/",
            PicturesWithoutCredit.as_view(results_only=True),
            name="pictures_without_credit_results",
        ),
    ]
