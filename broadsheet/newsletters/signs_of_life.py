from django.db import OperationalError
from django.http import HttpRequest

from broadsheet.editorial.models import Publication
from broadsheet.newsletters.models import Mailbox
from broadsheet.newsletters.models.mailbox import month_of
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.outages.unwritable import is_full, is_locked

NOTED = "newsletters_noted"


def note(request: HttpRequest, person: Person) -> None:
    """Keeps the month in which `person` was there. The session remembers it, so that it is written once."""
    month = month_of(clock.now(), Publication.load(request))
    if request.session.get(NOTED) == month:
        return
    try:
        if mailbox := Mailbox.objects.of(person):
            mailbox.see()
    except OperationalError as error:
        # A note is no reason to refuse a page; it is made when there is room again.
        if not (is_full(error) or is_locked(error)):
            raise
    else:
        request.session[NOTED] = month
