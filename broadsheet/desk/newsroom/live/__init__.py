"""The live desk, and the button that leads to it."""

from typing import Any

from django.urls import path, reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from broadsheet.desk.newsroom.about_article import offer
from broadsheet.desk.newsroom.live.desk import may_post
from broadsheet.desk.newsroom.live.entries import EntryView, LiveView, WithdrawView
from broadsheet.desk.newsroom.live.whole import EndView, TakeUpView
from broadsheet.editorial.models import Article, Kind


@hooks.register("register_admin_urls")
def live_urls() -> list[Any]:
    entry = "live/<int:page_id>/<int:entry_id>/"
    return [
        path("live/<int:page_id>/", LiveView.as_view(), name="desk_live"),
        path("live/<int:page_id>/end/", EndView.as_view(), name="desk_live_end"),
        path("live/<int:page_id>/take-up/", TakeUpView.as_view(), name="desk_live_take_up"),
        path(entry, EntryView.as_view(), name="desk_live_entry"),
        path(f"{entry}withdraw/", WithdrawView.as_view(), name="desk_live_withdraw"),
    ]


def _button(page: Page, user: Any) -> list[Button]:
    if page.specific_class is not Article or page.alias_of_id:
        return []
    article = page.specific
    if article.kind != Kind.LIVE or not may_post(user, article):
        return []
    address = reverse("desk_live", args=[page.pk])
    return [Button(_("Live coverage"), url=address, icon_name="time", priority=5)]


offer(_button)
