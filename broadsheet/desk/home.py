"""The desk's first page: what is waiting, what is due, and what needs repair."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.site_summary import SummaryItem
from wagtail.admin.ui.components import Component
from wagtail.models import Revision
from wagtail.permissions import policy_registry

from broadsheet.desk.newsroom.pictures import may_mend_pictures
from broadsheet.editorial.models import Article, Picture, State
from broadsheet.platform import clock

SHOWN = 10


class DuePanel(Component):
    """Scheduled articles, soonest first, and drafts under embargo."""

    name = "due"
    template_name = "desk/due.html"
    order = 230

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user = parent_context["request"].user
        may_edit = policy_registry.get_by_type(Article).user_has_any_permission(user, {"add", "change"})
        articles = Article.objects if may_edit else Article.objects.none()
        due = Revision.page_revisions.filter(
            approved_go_live_at__isnull=False,
            object_id__in=[str(pk) for pk in articles.in_state(State.SCHEDULED).values_list("pk", flat=True)],
        )
        scheduled = [
            (revision.approved_go_live_at, revision.as_object())
            for revision in due.order_by("approved_go_live_at")[:SHOWN]
        ]
        embargoed = articles.filter(live=False, embargo_until__gt=clock.now())
        return {
            "now": clock.now(),
            "scheduled": scheduled,
            "embargoed": embargoed.order_by("embargo_until")[:SHOWN],
        }


class CreditsSummaryItem(SummaryItem):
    order = 250
    template_name = "desk/credits_summary.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {
            "count": Picture.objects.in_need_of_credit().count(),
            "address": reverse("pictures_without_credit"),
        }

    def is_shown(self) -> bool:
        return may_mend_pictures(self.request.user)


@hooks.register("construct_homepage_panels")
def add_panels(request: HttpRequest, panels: list[Component]) -> None:
    panels.append(DuePanel())


@hooks.register("construct_homepage_summary_items")
def add_summary(request: HttpRequest, items: list[SummaryItem]) -> None:
    items.append(CreditsSummaryItem(request))


@hooks.register("insert_global_admin_css")
def link_styles() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("desk/desk.css"))


@hooks.register("construct_main_menu")
def name_as_we_do(request: HttpRequest, items: list[Any]) -> None:
    for item in items:
        if item.name == "images":
            item.label = _("Pictures")
