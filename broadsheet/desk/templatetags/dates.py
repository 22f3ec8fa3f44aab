from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince, timeuntil
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from broadsheet.platform import clock

register = template.Library()


@register.filter
def from_now(value: date) -> str:
    """How far off an instant or a day is, in its largest unit: “3 weeks ago”, “in 2 days”, “tomorrow”.

    Days are counted in the active time zone.
    """
    now = clock.now()
    if not isinstance(value, datetime):
        return _days_from(localdate(now), value)
    if abs((value - now).total_seconds()) < 60:
        return _("just now")
    if value > now:
        return _("in %s") % timeuntil(value, now, depth=1)
    return _("%s ago") % timesince(value, now, depth=1)


def _days_from(today: date, day: date) -> str:
    away = (day - today).days
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
    if away in near:
        return near[away]
    days = ngettext("%d day", "%d days", abs(away)) % abs(away)
    return (_("in %s") if away > 0 else _("%s ago")) % days


@register.simple_tag
def this_hour() -> SafeString:
    """Where a chooser of a time begins, as its JavaScript takes it: in the active zone."""
    now = localtime(clock.now())
    return format_html('{{defaultDate: "{}", defaultTime: "{}"}}', f"{now:%Y-%m-%d %H:00}", f"{now:%H:00}")


@register.filter
def zone_in_words(name: str) -> str:
    """`name` is an IANA name: “America/New_York” becomes “New York time”."""
    return _("%s time") % ZoneInfo(name).key.rpartition("/")[2].replace("_", " ")
