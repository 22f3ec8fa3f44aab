from collections.abc import Iterable

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from broadsheet.platform.plural_forms import plural_forms
from broadsheet.site.evidence.sight import Line

register = template.Library()


@register.simple_tag
def article_links(articles: Iterable[Line]) -> SafeString:
    """Their headlines, one after the other, each with its link."""
    links = ((article.url, article.headline) for article in articles)
    return format_html_join(", ", '<a href="{}">{}</a>', links)


@register.simple_tag
def count_words() -> dict[str, str]:
    """For a script: span of the allowance → how many articles are left in it, as `remaining` says it."""
    return {
        "month": plural_forms(
            lambda n: ngettext(
                "{left} of {allowance} article left in {month}",
                "{left} of {allowance} articles left in {month}",
                n,
            )
        ),
        "week": plural_forms(
            lambda n: ngettext(
                "{left} of {allowance} article left this week",
                "{left} of {allowance} articles left this week",
                n,
            )
        ),
        "other": plural_forms(
            lambda n: ngettext("{left} of {allowance} article left", "{left} of {allowance} articles left", n)
        ),
    }


@register.simple_tag
def evidence_counts() -> dict[str, str]:
    """For a script: kind of evidence → so many of it."""
    return {
        "facts": plural_forms(lambda n: ngettext("{count} fact", "{count} facts", n)),
        "timeline": plural_forms(lambda n: ngettext("{count} timeline entry", "{count} timeline entries", n)),
        "positions": plural_forms(lambda n: ngettext("{count} position", "{count} positions", n)),
        "corrections": plural_forms(lambda n: ngettext("{count} correction", "{count} corrections", n)),
    }
