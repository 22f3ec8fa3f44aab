"""What templates of blocks need that are set for files: see `weekly.markup`."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from broadsheet.editorial.models import Picture
from broadsheet.evidence.models import Source
from broadsheet.weekly import markup

register = template.Library()


@register.simple_tag(takes_context=True)
def rich(context: Context, value: Any) -> SafeString:
    """An editor's rich text."""
    return markup.rich(value, context["setting"])


@register.simple_tag(takes_context=True)
def inline(context: Context, value: Any) -> SafeString:
    """An editor's rich text without its paragraphs, where only words may stand."""
    return markup.rich(value, context["setting"], frozenset({"b", "strong", "i", "em", "a", "sub", "sup"}))


@register.simple_tag(takes_context=True)
def older(context: Context, value: Any) -> SafeString:
    """What was imported as HTML."""
    return markup.rich(value, context["setting"], markup.FROM_BEFORE)


@register.simple_tag(takes_context=True)
def marks(context: Context, sources: Iterable[Source]) -> SafeString:
    """The number of each source, which leads to the list of them."""
    numbers = context["setting"].numbers
    found = [numbers[source.pk] for source in sources if source.pk in numbers]
    return format_html_join("", '<sup><a href="#ref-{0}">{0}</a></sup>', ((number,) for number in found))


@register.simple_tag(takes_context=True)
def image(context: Context, picture: Picture, alt: str = "") -> SafeString:
    found = context["setting"].images.add(picture)
    return format_html('<img src="{}" alt="{}"/>', found.name, alt or found.alt)
