"""Pages of the desk about one article, and the buttons that lead to them."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from wagtail import hooks
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from broadsheet.editorial.models import Article


class AboutArticleMixin(WagtailAdminTemplateMixin):
    article: Article
    """Set by `dispatch`, which knows who may see the page."""

    def get_page_subtitle(self) -> str:
        return str(self.article.get_admin_display_title())

    def on_the_way(self) -> list[dict[str, Any]]:
        """Breadcrumbs between the article's editor and this page."""
        return []

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        editor = reverse("wagtailadmin_pages:edit", args=[self.article.pk])
        headline = str(self.article.get_admin_display_title())
        # The way to here is folded up until it is pointed at: which article it is must be seen before.
        return [
            *self.breadcrumbs_items,
            {"url": editor, "label": headline},
            *self.on_the_way(),
            {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()},
        ]


def offer(buttons: Callable[[Page, Any], list[Button]]) -> None:
    """Shows `buttons`, of a page and a user, at the head of the page's editor and in lists."""

    def in_header(page: Page, user: Any, view_name: str, next_url: str | None = None) -> list[Button]:
        return buttons(page, user)

    def in_list(page: Page, user: Any, next_url: str | None = None) -> list[Button]:
        return buttons(page, user)

    hooks.register("register_page_header_buttons", in_header)
    hooks.register("register_page_listing_more_buttons", in_list)
