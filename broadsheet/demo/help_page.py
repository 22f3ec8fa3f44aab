"""The demo's page of help: as a first run drafts it, with what it leaves open filled in."""

from typing import Any

from wagtail.rich_text import RichText

from broadsheet.desk.first_run.drafts import draft_of
from broadsheet.editorial.models import Edition, StandingPage
from broadsheet.editorial.models.standing_page import MARK

KNOWN = {"name": "The Meridian", "contact": "subscriptions@meridian.example"}


def make_help_page(editions: dict[str, Edition]) -> None:
    first: StandingPage | None = None
    for edition in editions.values():
        draft = draft_of("help", edition.locale.language_code, KNOWN)
        page = StandingPage(
            title=draft.title,
            slug=draft.slug,
            standfirst=draft.standfirst,
            body=[(kind, _filled_in(value)) for kind, value in draft.body],
            locale=edition.locale,
            show_in_menus=True,
        )
        if first:
            page.translation_key = first.translation_key
        edition.add_child(instance=page)
        first = first or page


def _filled_in(value: Any) -> Any:
    """In how many days one answers is all that it leaves open."""
    return RichText(MARK.sub("two", value.source)) if isinstance(value, RichText) else value
