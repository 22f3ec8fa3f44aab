"""Who asks: a stranger with signed cookies, or a reader with rows."""

from django.conf import settings
from django.http import HttpRequest

from broadsheet.membership.models import Entitlement
from broadsheet.meter.allowance import Visitor
from broadsheet.meter.cookies import grants_in
from broadsheet.meter.models import Grant
from broadsheet.meter.period import Period
from broadsheet.people.models import Person


def reader_of(request: HttpRequest) -> Person | None:
    """The signed-in reader. Without a session cookie the session isn't touched, nor is `Vary`."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    return request.user if isinstance(request.user, Person) else None


def works_here(request: HttpRequest) -> bool:
    reader = reader_of(request)
    return reader is not None and reader.is_of_the_staff


def visitor_of(request: HttpRequest, period: Period) -> Visitor:
    if reader := reader_of(request):
        return Grant.objects.as_visitor(reader, period, is_subscriber=Entitlement.objects.entitle(reader))
    granted = grants_in(request.COOKIES, period)
    return Visitor(granted=granted, spent=len(granted))
