"""The demo's page of help: as a first run drafts it, with what it leaves open filled in."""

from collections.abc import Iterator
from typing import Any

from wagtail.rich_text import RichText

from broadsheet.desk.first_run.drafts import Block, draft_of
from broadsheet.editorial.models import Edition, StandingPage
from broadsheet.editorial.models.standing_page import MARK

ISSUE = (
    '<p>Read it on the page of <a href="{prefix}/issues/">all issues</a>. Subscribers download it there: as '
    "an EPUB for e-readers, or as a PDF for a phone or for paper. On "
    '<a href="{prefix}/account/">your account</a> you can have a letter sent when it comes out, have the '
    "issue itself sent to your e-reader, and get an address for your reading app.</p>"
)
KNOWN = {"name": "The Meridian", "contact": "subscriptions@meridian.example"}


def make_help_page(editions: dict[str, Edition]) -> None:
    first: StandingPage | None = None
    for edition in editions.values():
        draft = draft_of("help", edition.locale.language_code, KNOWN)
        page = StandingPage(
            title=draft.title,
            slug=draft.slug,
            standfirst=draft.standfirst,
            body=[(kind, _filled_in(value)) for kind, value in _with_the_issue(draft.body, edition)],
            locale=edition.locale,
            show_in_menus=True,
        )
        if first:
            page.translation_key = first.translation_key
        edition.add_child(instance=page)
        first = first or page


def _with_the_issue(body: list[Block], edition: Edition) -> Iterator[Block]:
    """The question that only a magazine with weekly issues gets, after the others about reading."""
    for kind, value in body:
        if (kind, value) == ("heading", "Newsletters"):
            answer = ISSUE.format(prefix=edition.prefix)
            yield "question", {"question": "How do I get the weekly issue?", "answer": RichText(answer)}
        yield kind, value


def _filled_in(value: Any) -> Any:
    """In how many days one answers is all that it leaves open."""
    return RichText(MARK.sub("two", value.source)) if isinstance(value, RichText) else value
