"""A period in words, as they end a sentence that is said to a reader."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from broadsheet.paywall.period import Period, Span


def phrase(period: Period) -> str:
    """“in November”, “this week”: what ends the sentence “You have read 5 articles …”."""
    match period.span:
        case Span.MONTH:
            return _("in %(month)s") % {"month": date_format(period.starts_at, "F")}
        case Span.WEEK:
            return _("this week")
        case Span.ROLLING:
            words = ngettext("in the last day", "in the last %(days)d days", period.days)
            return words % {"days": period.days}
        case Span.LIFETIME:
            return _("so far")


def remaining(period: Period) -> str:
    """“in November”, “this week”: what ends the sentence “You have 3 articles left …”; else empty.

    What is left of rolling days, or for ever, is left now and not in the days that are over.
    """
    return phrase(period) if period.span in {Span.MONTH, Span.WEEK} else ""


def each(period: Period) -> str:
    """“a month”, “every 30 days”: what ends the sentence “An account opens 5 articles …”."""
    match period.span:
        case Span.MONTH:
            return _("a month")
        case Span.WEEK:
            return _("a week")
        case Span.ROLLING:
            return ngettext("a day", "every %(days)d days", period.days) % {"days": period.days}
        case Span.LIFETIME:
            return _("in all")
