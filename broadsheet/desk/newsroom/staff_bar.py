"""Wagtail’s user bar on readers’ pages: “Edit this page”, and the checks that the editor’s panel reads."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from wagtail import hooks
from wagtail.admin.userbar import ContentCheckerItem

COOKIE = "broadsheet_desk"
"""Says that somebody was at the desk with this browser. It opens nothing: their rights are looked up."""


def remember_desk(request: HttpRequest, response: HttpResponse) -> None:
    """Has readers’ pages look whether this is one of the staff, at a query or two that readers are spared."""
    if COOKIE not in request.COOKIES:
        response.set_cookie(
            COOKIE,
            "1",
            max_age=settings.SESSION_COOKIE_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def bar_values(request: HttpRequest) -> dict[str, Callable[[], bool]]:
    """Without the cookie an answer may be everybody’s, so the bar is never in it.

    Who asks is looked up only where a page of the tree is shown: error pages must do without the database.
    """
    return {
        "is_for_staff": lambda: (
            COOKIE in request.COOKIES and request.user.has_perm("wagtailadmin.access_admin")
        )
    }


class ChecksOfThePage(ContentCheckerItem):
    """Finds what an author can put right, not what stands around the page or how templates set a line."""

    axe_include = ["main"]
    axe_custom_rules = [
        *ContentCheckerItem.axe_custom_rules,
        {"id": "p-as-heading", "selector": ".prose > p", "enabled": True},
    ]


@hooks.register("construct_wagtail_userbar")
def narrow_checks(request: HttpRequest, items: list[Any], page: Any) -> None:
    items[:] = [
        ChecksOfThePage(in_editor=item.in_editor) if isinstance(item, ContentCheckerItem) else item
        for item in items
    ]
