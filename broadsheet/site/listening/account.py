"""A reader's own podcast on the account page."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from broadsheet.editorial.models import Narration
from broadsheet.membership.models import PodcastFeed
from broadsheet.people.models import Person
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.http.caching import for_nobody_else
from broadsheet.platform.http.redirects import see_other
from broadsheet.site.reading.visit import Visit


def own_podcast(request: HttpRequest) -> dict[str, Any]:
    """Shown to whoever may hear everything, or has an address from when they could, if there is a sound."""
    person = cast(Person, request.user)
    feed = PodcastFeed.objects.of(person)
    hears_everything = (feed or PodcastFeed(person=person)).hears_everything
    return {
        "podcast_address": absolute(reverse("own_podcast", args=[feed.token])) if feed else "",
        "hears_everything": hears_everything,
        "has_podcast": (feed or hears_everything) and Narration.objects.ready().exists(),
    }


@require_POST
def renew_podcast(request: HttpRequest) -> HttpResponse:
    """Gives the reader an address, in place of the one that they had."""
    reader = Visit.of(request).person
    if reader is None:
        return for_nobody_else(redirect_to_login(reverse("people:account")))
    had_one = PodcastFeed.objects.of(reader) is not None
    PodcastFeed.objects.renew(reader)
    said = _("Your podcast has a new address. The old one works no longer: put the new one into your app.")
    messages.success(request, said if had_one else _("This is your podcast’s address. Put it into your app."))
    return for_nobody_else(see_other(f"{reverse('people:account')}#podcast"))
