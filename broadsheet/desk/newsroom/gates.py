"""Actions that the desk refuses, each with the reason. The rules are those of `Article` and of the roles."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.models import Page

from broadsheet.editorial.models import Article, StandingPage


def say_not_ready(request: HttpRequest, page: Article | StandingPage, faults: Iterable[str]) -> None:
    messages.error(
        request,
        format_html(
            "{}<ul>{}</ul>",
            _("“%s” was not published. The draft is saved.") % page.title,
            format_html_join("", "<li>{}</li>", ((_linked(page, fault),) for fault in faults)),
        ),
    )


def _linked(page: Article | StandingPage, fault: str) -> str:
    """A fault as a link to its block in the editor, where it has one."""
    place = getattr(fault, "place", "")
    if not (place and page.pk):
        return fault
    editor = reverse("wagtailadmin_pages:edit", args=[page.pk])
    return format_html('<a href="{}#block-{}-section">{}</a>', editor, place, fault)


@hooks.register("before_publish_page")
def check_ready(request: HttpRequest, page: Page) -> None:
    """Wagtail's editor does not go through `publish` of our own, so it is checked here first."""
    if isinstance(page, Article | StandingPage):
        page.check_ready()


@hooks.register("after_publish_page")
def warn_of_contested_terms(request: HttpRequest, page: Page) -> None:
    """Published all the same; whoever did it is told where, and what the register says."""
    if not isinstance(page, Article) or not (uses := page.contested_uses()):
        return
    messages.warning(
        request,
        format_html(
            "{}<ul>{}</ul>",
            _("It uses contested terms in our own voice:"),
            format_html_join(
                "",
                "<li>{}<mark>{}</mark>{} ({})</li>",
                ((use.before, use.word, use.after, use.term.our_use) for use in uses),
            ),
        ),
    )


@hooks.register("before_bulk_action")
def check_all_ready(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """Publishes all of the selected pages or none, and names everything that is missing at once."""
    if action_type != "publish" or not all(isinstance(page, Page) for page in objects):
        return None
    drafts = [page.specific for page in objects]
    if action.cleaned_form.cleaned_data.get("include_descendants"):
        for page in objects:
            drafts += page.get_descendants().not_live().specific()
    refused = False
    for page in drafts:
        if isinstance(page, Article | StandingPage):
            draft = page.get_latest_revision_as_object()
            if faults := draft.faults():
                say_not_ready(request, draft, faults)
                refused = True
    return redirect(action.next_url) if refused else None


@hooks.register("before_create_page")
def check_may_create(request: HttpRequest, parent: Page, page_class: type[Page]) -> None:
    """Wagtail lets people who may add pages add pages of every type."""
    meta = page_class._meta
    if not request.user.has_perm(f"{meta.app_label}.add_{meta.model_name}"):
        raise PermissionDenied


@hooks.register("before_copy_page")
def check_may_copy(request: HttpRequest, page: Page) -> None:
    check_may_create(request, page.get_parent(), page.specific_class)
