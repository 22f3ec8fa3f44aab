"""A reader's own catalogue of issues on the account page: get an address, replace it, take it back."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from broadsheet.people.models import Person
from broadsheet.platform.http.addresses import absolute
from broadsheet.site import own_feeds
from broadsheet.weekly.files.right import may_have_files
from broadsheet.weekly.models import IssueFeed, IssueFile


def own_catalogue(request: HttpRequest) -> dict[str, Any]:
    """Shown to whoever may have files, or has an address from when they could, if there are any."""
    person = cast(Person, request.user)
    feed = IssueFeed.objects.of(person)
    may_have = may_have_files(person)
    return {
        "catalogue_address": absolute(reverse("issue_catalogue", args=[feed.token])) if feed else "",
        "may_have_files": may_have,
        "has_catalogue": (feed or may_have) and IssueFile.objects.there().exists(),
    }


@require_POST
def change_catalogue(request: HttpRequest) -> HttpResponse:
    """Gives the reader an address in place of the one that they had, or takes it back."""
    return own_feeds.change(
        request,
        IssueFeed.objects,
        "issues",
        first=_("This is your feed’s address. Put it into your reading app."),
        new=_("Your feed has a new address. The old one no longer works."),
        revoked=_("Your feed’s address no longer works."),
    )
