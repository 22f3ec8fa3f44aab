"""A reader's own podcast on the account page."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from broadsheet.editorial.models import Narration
from broadsheet.membership.models import PodcastFeed
from broadsheet.people.models import Person
from broadsheet.platform.http.addresses import absolute
from broadsheet.site import own_feeds


def own_podcast(request: HttpRequest) -> dict[str, Any]:
    """Shown to whoever may hear everything, or has an address from when they could, if there is a sound."""
    person = cast(Person, request.user)
    feed = PodcastFeed.objects.of(person)
    hears_everything = (feed or PodcastFeed(person=person)).reads_everything
    return {
        "podcast_address": absolute(reverse("own_podcast", args=[feed.token])) if feed else "",
        "hears_everything": hears_everything,
        "has_podcast": (feed or hears_everything) and Narration.objects.ready().exists(),
    }


@require_POST
def change_podcast(request: HttpRequest) -> HttpResponse:
    """Gives the reader an address in place of the one that they had, or takes it back."""
    return own_feeds.change(
        request,
        PodcastFeed.objects,
        "podcast",
        first=_("This is your podcast’s address. Put it into your app."),
        new=_("Your podcast has a new address. The old one no longer works: put the new one into your app."),
        revoked=_("Your podcast’s address no longer works."),
    )
