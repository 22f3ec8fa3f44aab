"""What a browser sends from Wagtail's editor."""

from typing import Any

from django.http import HttpResponse
from django.test import Client
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from broadsheet.editorial.models import Article, Section

PROSE = "<p>The tide went out over the flats that morning.</p>"


def body(*blocks: tuple[str, Any]) -> dict[str, Any]:
    return streamfield(list(blocks) or [("text", rich_text(PROSE, features=["bold", "italic", "link"]))])


def picture_block(picture: Any) -> tuple[str, Any]:
    caption = rich_text("", features=["bold", "italic", "link"])
    return "picture", {"image": picture.pk if picture else "", "caption": caption, "alt": "", "width": "text"}


def fields(**changes: Any) -> dict[str, Any]:
    data = {
        "title": "The long tide",
        "slug": "the-long-tide",
        "kicker": "",
        "standfirst": "",
        "dateline": "",
        "kind": "news",
        "picture": "",
        "picture_caption": "",
        "body": body(),
        "topics": [],
        "bylines": inline_formset([]),
        "corrections": inline_formset([]),
        "comments": inline_formset([]),
        "access": "",
        "embargo_until": "",
        "go_live_at": "",
        "expire_at": "",
        "seo_title": "",
        "search_description": "",
    }
    return nested_form_data(data | changes)


def create(client: Client, section: Section, /, **changes: Any) -> HttpResponse:
    """Sends the form of a new article; `action-publish="1"` and the like are buttons."""
    address = f"/desk/pages/add/editorial/article/{section.pk}/"
    return client.post(address, fields(**changes), follow=True)


def edit(client: Client, article: Article, **changes: Any) -> HttpResponse:
    data = {"title": article.title, "slug": article.slug} | changes
    return client.post(f"/desk/pages/{article.pk}/edit/", fields(**data), follow=True)


PUBLISH = {"action-publish": "1"}
SUBMIT = {"action-submit": "1"}
APPROVE = {"action-workflow-action": "1", "workflow-action-name": "approve"}
