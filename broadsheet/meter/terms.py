"""The terms in force: the present period, and the allowance for it."""

from django.http import HttpRequest

from broadsheet.editorial.models import Publication
from broadsheet.house import clock
from broadsheet.meter.allowance import Allowance
from broadsheet.meter.models import Meter
from broadsheet.meter.period import Period, calendar_month


def current_period(request: HttpRequest | None = None) -> Period:
    """This month, in the publication's time zone."""
    return calendar_month(clock.now(), Publication.load(request_or_site=request).zone)


def current_allowance(request: HttpRequest | None = None) -> Allowance:
    meter: Meter = Meter.load(request_or_site=request)
    return meter.allowance
