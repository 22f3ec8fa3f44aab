from typing import Any

import nh3
from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from wagtail.rich_text import RichText, expand_db_html

from broadsheet.editorial.media import sounds
from broadsheet.editorial.models import Article, Picture
from broadsheet.newsletters.letter.photos import photo_of

register = template.Library()
register.simple_tag(sounds.address, name="sound")


@register.simple_tag
def photo(picture: Picture, alt: str = "") -> Any:
    return photo_of(picture, "whole", alt)


@register.filter
def in_line(value: Any) -> SafeString:
    """Rich text, or text, without its paragraphs."""
    source = value.source if isinstance(value, RichText) else escape(value or "")
    cleaned = nh3.clean(
        expand_db_html(source),
        tags={"b", "strong", "i", "em", "a", "br"},
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    return mark_safe(cleaned)  # noqa: S308 (cleaned by nh3 in the line above)


@register.simple_tag
def read_also(value: Any) -> list[Article]:
    return [page.specific for page in value["articles"] if page and page.live]
