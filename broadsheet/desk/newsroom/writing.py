"""The way to a new article: from the first page and every section, to the form, to publishing."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from broadsheet.editorial.models import Article, Section

NEW_ARTICLE = "articles:choose_parent"
"""Wagtail's name for what stands before the form: there a page is chosen, here it is in the form."""
AT_HAND = ("approve", "action-publish", "action-submit")
"""Of these actions the first that somebody may take is the button; the others are behind it."""


def may_begin(user: Any) -> bool:
    return bool(user.has_perm("editorial.add_article"))


def form_in(section: Section) -> str:
    return reverse("wagtailadmin_pages:add", args=["editorial", "article", section.pk])


class NewArticleView(View):
    """To the form, in the section where this person began an article last, or else the first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        mine = Article.objects.filter(owner=request.user).order_by("-pk").defer("body")
        sections = [article.section for article in mine[:1]]
        for section in [*sections, *Section.objects.order_by("path")]:
            if may_begin(request.user) and section.permissions_for_user(request.user).can_add_subpage():
                return redirect(form_in(section))
        raise PermissionDenied


class NewArticlePanel(Component):
    """At the top of the first page."""

    name = "new-article"
    order = 50
    template_name = "desk/home/new_article.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"address": reverse(NEW_ARTICLE)}


def _may_begin_in(page: Page, user: Any) -> bool:
    is_section = isinstance(page.specific_deferred, Section)
    return is_section and may_begin(user) and bool(page.permissions_for_user(user).can_add_subpage())


@hooks.register("register_page_listing_buttons")
def button_in_list(page: Page, user: Any, next_url: str | None = None) -> list[Button]:
    # Wagtail sizes no icon in a row of a list.
    look = "button button-small button-secondary"
    return [Button(_("New article"), form_in(page), classname=look)] if _may_begin_in(page, user) else []


@hooks.register("register_page_header_buttons")
def button_on_section(page: Page, user: Any, view_name: str, next_url: str | None = None) -> list[Button]:
    if not _may_begin_in(page, user):
        return []
    return [Button(_("New article"), form_in(page), icon_name="plus", priority=5)]


@hooks.register("construct_page_action_menu")
def put_publishing_at_hand(
    items: list[ActionMenuItem], request: HttpRequest, context: dict[str, Any]
) -> None:
    """What is written is saved as one writes, so that the button for it needn't come first."""
    page = context.get("page")
    if not isinstance(page, Article) if page else not isinstance(context.get("parent_page"), Section):
        return
    for name in AT_HAND:
        # The first of its name: the second approves with a comment.
        if item := next((item for item in items if item.name == name), None):
            items.remove(item)
            items.insert(0, item)
            return


@hooks.register("insert_editor_js")
def keep_the_return_key_from_publishing() -> str:
    return format_html('<script src="{}"></script>', static("desk/return_key.js"))


@hooks.register("insert_editor_js")
def save_what_is_written() -> str:
    words = _("It is saved as you write once it has a headline.")
    return format_html('<script src="{}" data-words="{}"></script>', static("desk/autosave.js"), words)
