from collections.abc import Callable
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from broadsheet.people.models import Person
from broadsheet.people.second_factor import has_second_factor
from broadsheet.platform import clock
from broadsheet.platform.outages.unwritable import is_full, is_locked

type GetResponse = Callable[[HttpRequest], HttpResponse]

SEEN = "people_seen"


class LastSeenMiddleware:
    """Notes where and when a session was last used, once an hour: a write with each page is too many."""

    interval = timedelta(hours=1)

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # A response for which nobody opened the session must not come to depend on it.
        if request.session.accessed:
            now = clock.now().timestamp()
            is_due = now - request.session.get(SEEN, 0) >= self.interval.total_seconds()
            # Last, for it asks the database who it is.
            if is_due and request.user.is_authenticated:
                self._note(request, now)
        return response

    def _note(self, request: HttpRequest, now: float) -> None:
        try:
            UserSession.objects.create_from_request(request)
        except OperationalError as error:
            # A note is no reason to refuse a page; it is made when there is room again.
            if not (is_full(error) or is_locked(error)):
                raise
        else:
            request.session[SEEN] = now


class StaffSecondFactorMiddleware:
    """Where the publication requires it, the desk opens only to staff who have a second factor."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._must_set_one_up(request):
            messages.warning(
                request, _("The desk opens once you have a second factor: an authenticator app or a passkey.")
            )
            return redirect("people:account")
        return self.get_response(request)

    def _must_set_one_up(self, request: HttpRequest) -> bool:
        if settings.STAFF_SECOND_FACTOR != "required":
            return False
        if not request.path.startswith(reverse("wagtailadmin_home")):
            return False
        person = request.user
        return isinstance(person, Person) and person.is_staff and not has_second_factor(person)
