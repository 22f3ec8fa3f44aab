"""The letter of what a reader follows: chosen where they follow, left by one click."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from broadsheet.newsletters.models import FollowedLetter, Mailbox, Pace
from broadsheet.newsletters.pages.leave import leaving
from broadsheet.people.current import person_of
from broadsheet.platform.http.origin import same_origin_only
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.http.robots import out_of_sight


@require_POST
@login_required
@same_origin_only()
def followed_letter(request: HttpRequest) -> HttpResponse:
    """Anything but a pace stops it."""
    person, asked, edition = person_of(request), request.POST.get("pace", ""), get_language() or ""
    said = _("You get no letter about what you follow.")
    if asked in Pace.values:
        FollowedLetter.objects.choose(Mailbox.objects.made_for(person, edition), Pace(asked), edition)
        said = _("From now on you get a letter when there is something new.")
    elif mailbox := Mailbox.objects.of(person):
        FollowedLetter.objects.stop(mailbox)
    messages.success(request, said)
    return out_of_sight(see_other("following"))


leave = leaving(FollowedLetter, "newsletters/followed/leave.html")
