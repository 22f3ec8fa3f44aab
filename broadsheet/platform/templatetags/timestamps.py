from datetime import datetime

from django import template

from broadsheet.platform.timestamps import to_the_second

register = template.Library()


@register.filter(expects_localtime=True)
def timestamp(moment: datetime | None) -> str:
    """`moment` as HTML, sitemaps and Open Graph take it: ``2026-11-24T09:30:00-05:00``; nothing for None."""
    return to_the_second(moment).isoformat() if moment else ""
