from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.components import Component

from broadsheet.desk.contact.access import may_see_questions
from broadsheet.desk.home.letters import Letters
from broadsheet.desk.home.newsroom import Drafts, Due, InReview, PublishedToday, SentBack, may_write
from broadsheet.desk.home.next_steps import NextSteps, steps_for
from broadsheet.desk.home.questions import Questions
from broadsheet.desk.home.reading import MostRead
from broadsheet.desk.home.repairs import Repairs
from broadsheet.desk.home.weekly import Weekly
from broadsheet.desk.letters.access import may_edit_letters
from broadsheet.desk.newsroom.writing import NewArticlePanel, may_begin
from broadsheet.desk.paywall.spans import may_see_counts
from broadsheet.desk.weekly.access import may_edit_weekly

WAGTAILS = frozenset({"user_objects_in_workflow_moderation", "workflow_objects_to_moderate", "recent_edits"})
"""Panels of Wagtail that list again what ours list, with a query for each row."""


@hooks.register("construct_homepage_panels")
def add_panels(request: HttpRequest, panels: list[Component]) -> None:
    panels[:] = [panel for panel in panels if getattr(panel, "name", "") not in WAGTAILS]
    user: Any = request.user
    if (next_steps := NextSteps(steps_for(user))).open:
        panels.append(next_steps)
    if may_begin(user):
        panels.append(NewArticlePanel())
    if may_write(user):
        panels += [SentBack(user), InReview(user), Due(user), Drafts(user)]
    if may_see_questions(user):
        panels.append(Questions(user))
    if may_edit_letters(user):
        panels.append(Letters(user))
    if may_edit_weekly(user):
        panels.append(Weekly(user))
    panels += [PublishedToday(user), Repairs(user)]
    if may_see_counts(user):
        panels.append(MostRead(user))


@hooks.register("insert_global_admin_css")
def link_styles() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("desk/desk.css"))


@hooks.register("construct_main_menu")
def name_as_we_do(request: HttpRequest, items: list[Any]) -> None:
    for item in items:
        if item.name == "images":
            item.label = _("Pictures")
