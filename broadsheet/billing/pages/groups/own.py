"""Shared by the pages on which an owner looks after their group."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache

from broadsheet.membership.models import Group
from broadsheet.people.current import own_or_404, person_of
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.http.robots import unlisted

type View = Callable[..., HttpResponse]


def of_owner(view: View) -> Callable[..., HttpResponse]:
    """Passes `view` the group with the number `pk` of whoever is signed in; 404 where it is not theirs.

    The page is in the language and the time zone of the group's edition.
    """

    @never_cache
    @login_required
    @wraps(view)
    def shown(request: HttpRequest, pk: int, **named: object) -> HttpResponse:
        own = Group.objects.owned_by(person_of(request)).select_related(
            "subscription__price__plan", "subscription__person", "subscription__next_price", "institution"
        )
        group = own_or_404(own, pk=pk)
        with translation.override(group.edition), timezone.override(group.subscription.zone):
            return unlisted(view(request, group, **named))

    return shown


def to_group(group: Group, fragment: str = "") -> HttpResponse:
    return see_other(reverse("group", args=[group.pk]) + fragment)
