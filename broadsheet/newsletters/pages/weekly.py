"""The letter of the weekly issue: chosen on the account page, left by one click."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from broadsheet.newsletters.models import Mailbox, WeeklyLetter
from broadsheet.newsletters.pages.leave import leaving
from broadsheet.people.current import person_of
from broadsheet.platform.http.origin import same_origin_only
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.http.robots import out_of_sight


@require_POST
@login_required
@same_origin_only()
def weekly_letter(request: HttpRequest) -> HttpResponse:
    """Anything but yes stops it."""
    person, edition = person_of(request), get_language() or ""
    if request.POST.get("wants") == "yes":
        WeeklyLetter.objects.choose(Mailbox.objects.made_for(person, edition), edition)
    elif mailbox := Mailbox.objects.of(person):
        WeeklyLetter.objects.stop(mailbox)
    return out_of_sight(see_other(f"{reverse('people:account')}#weekly-letter"))


leave = leaving(WeeklyLetter, "newsletters/weekly/leave.html")
