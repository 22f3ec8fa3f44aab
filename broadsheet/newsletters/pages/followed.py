"""The letter of what a reader follows: chosen where they follow, left by one click."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from broadsheet.delivery.addresses import canonical
from broadsheet.newsletters.models import FollowedLetter, Mailbox, Pace
from broadsheet.newsletters.pages.known import for_mailbox
from broadsheet.newsletters.reader_links import preferences_path
from broadsheet.newsletters.reader_token import ReaderToken
from broadsheet.people.current import person_of
from broadsheet.platform.http.origin import same_origin_only
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.http.robots import out_of_sight


@require_POST
@login_required
@same_origin_only()
def followed_letter(request: HttpRequest) -> HttpResponse:
    """Anything but a pace stops it."""
    person, asked = person_of(request), request.POST.get("pace", "")
    mailbox = Mailbox.objects.of(person)
    edition = get_language() or ""
    if asked in Pace.values:
        if mailbox is None:
            mailbox, _is_new = Mailbox.objects.get_or_create(
                address=canonical(person.email), erased_at=None, defaults={"edition": edition}
            )
            mailbox.belong_to(person)
        FollowedLetter.objects.choose(mailbox, Pace(asked), edition)
    elif mailbox:
        FollowedLetter.objects.stop(mailbox)
    return out_of_sight(see_other("following"))


@csrf_exempt  # no provider has a token, or a cookie
@require_http_methods(["GET", "HEAD", "POST"])
@for_mailbox
def leave(request: HttpRequest, mailbox: Mailbox, token: ReaderToken) -> HttpResponse:
    """A GET leaves nothing: mail scanners open links, too."""
    if request.method == "POST":
        FollowedLetter.objects.stop(mailbox)
    context = {
        "mailbox": mailbox,
        "is_sent": FollowedLetter.objects.filter(mailbox=mailbox).exists(),
        "preferences": preferences_path(mailbox),
    }
    return render(request, "newsletters/followed/leave.html", context)
