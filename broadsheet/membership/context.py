from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from broadsheet.membership.cookies import is_subscribers_cookie
from broadsheet.membership.models import Entitlement
from broadsheet.people.models import Person
from broadsheet.platform.http.rendition import Audience, wanted


def visitor(request: HttpRequest) -> dict[str, Any]:
    """`reads_everything`: whether by right, as a subscriber or as one of the staff.

    Asked only where a template uses it, and never of a visitor without a session cookie. A page that has
    asked already sets it itself, which comes before this.
    """
    return {"reads_everything": SimpleLazyObject(lambda: _reads_everything(request))}


def _reads_everything(request: HttpRequest) -> bool:
    if rendition := wanted(request):
        return rendition.audience == Audience.SUBSCRIBER
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    if is_subscribers_cookie(request.COOKIES):
        return True
    # A request that was refused on its way in never got so far as to have a user.
    user = getattr(request, "user", None)
    return isinstance(user, Person) and Entitlement.objects.open_everything_to(user)
