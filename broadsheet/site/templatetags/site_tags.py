"""Words for scripts, which have none of their own."""

from django import template
from django.utils.translation import ngettext

from broadsheet.platform.plural_forms import plural_forms

register = template.Library()


@register.simple_tag
def count_words() -> dict[str, str]:
    """Span of the allowance → how many articles are left in it, as `Period.remaining` says it."""
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
    """Kind of evidence → so many of it."""
    return {
        "facts": plural_forms(lambda n: ngettext("{count} fact", "{count} facts", n)),
        "timeline": plural_forms(lambda n: ngettext("{count} timeline entry", "{count} timeline entries", n)),
        "positions": plural_forms(lambda n: ngettext("{count} position", "{count} positions", n)),
        "corrections": plural_forms(lambda n: ngettext("{count} correction", "{count} corrections", n)),
    }
