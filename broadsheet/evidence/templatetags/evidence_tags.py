from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.template import Context
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from broadsheet.evidence.models import Source
from broadsheet.evidence.models.source import NamedSource
from broadsheet.evidence.partial_dates import in_words

register = template.Library()


@register.filter
def partial_date(value: Any) -> str:
    return in_words(str(value or ""))


@register.filter
def day(value: date | datetime) -> SafeString:
    """The day in a `time` element; of a moment that in the time zone of the page. Pages have many."""
    return _day(localtime(value).date() if isinstance(value, datetime) else value, get_language())


@lru_cache(maxsize=4096)
def _day(value: date, language: str | None) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), date_format(value))


@register.filter
def in_a_line(source: Source | NamedSource) -> SafeString:
    """A source by its name, with its link and its archived copy; by no template, since pages have many."""
    name = escape(str(source))
    line = f'<a href="{escape(source.link)}" rel="noopener">{name}</a>' if source.link else name
    if source.archived_link:
        copy = escape(_("archived copy"))
        line += f' (<a href="{escape(source.archived_link)}" rel="noopener">{copy}</a>)'
    return SafeString(line)


@register.filter
def in_lines(sources: Iterable[Source]) -> SafeString:
    """Several sources as `in_a_line` has each, one after the other."""
    return format_html_join("; ", "{}", ((in_a_line(source),) for source in sources))


@register.simple_tag(takes_context=True)
def added(context: Context, key: str) -> SafeString:
    """The attribute by which a script finds what readers could not see yet at some moment."""
    at = getattr(context.get("article"), "added", {}).get(key)
    return format_html(' data-added="{}"', int(at.timestamp())) if at else SafeString()


@register.inclusion_tag("evidence/source_marks.html", takes_context=True)
def source_marks(context: Context, sources: Iterable[Source]) -> dict[str, Any]:
    """A mark for each of `sources`, which opens in place; numbered as in the article around it, if any."""
    numbers = getattr(context.get("article"), "source_numbers", {})
    return {"marks": [(numbers.get(source.pk, ""), source) for source in sources]}


@register.simple_tag
def told_in(row: Any) -> SafeString:
    """Where an entry of a timeline stands. By no template, as the next two: pages have many."""
    return _where(row, _('<a href="%(address)s">%(headline)s</a>. Source: %(source)s'))


@register.simple_tag
def held_in(row: Any) -> SafeString:
    return _where(row, _('<a href="%(address)s">%(headline)s</a>, %(day)s. Source: %(source)s'))


@register.simple_tag
def said_in(row: Any) -> SafeString:
    return _where(row, _('In <a href="%(address)s">%(headline)s</a>, %(day)s. Source: %(source)s'))


def _where(row: Any, sentence: str) -> SafeString:
    words = {
        "address": escape(row.article.url),
        "headline": escape(row.article.headline),
        "day": day(row.article.first_published_at),
        "source": in_a_line(row.source),
    }
    return SafeString(sentence % words)
