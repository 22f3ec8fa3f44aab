"""One click (RFC 8058): where a mail program's button posts to, without a cookie. And a page for people."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from broadsheet.newsletters.forms import ReasonForm
from broadsheet.newsletters.models import EReader, FollowedLetter, Leaving, Mailbox, SignUp, WeeklyLetter
from broadsheet.newsletters.pages.known import for_mailbox
from broadsheet.newsletters.reader_links import preferences_path
from broadsheet.newsletters.reader_token import ReaderToken


@csrf_exempt  # no provider has a token, or a cookie
@require_http_methods(["GET", "HEAD", "POST"])
@for_mailbox
def leave(request: HttpRequest, mailbox: Mailbox, token: ReaderToken) -> HttpResponse:
    """A GET leaves nothing: mail scanners open links, too."""
    found = SignUp.objects.filter(mailbox=mailbox, newsletter=token.newsletter)
    sign_up = found.select_related("newsletter").first()
    if request.method == "POST" and sign_up:
        is_one_click = request.POST.get("List-Unsubscribe") == "One-Click"
        sign_up.leave(Leaving.ONE_CLICK if is_one_click else Leaving.PREFERENCES)
    context = {
        "mailbox": mailbox,
        "sign_up": sign_up,
        "form": ReasonForm(),
        "preferences": preferences_path(mailbox),
    }
    return render(request, "newsletters/leave.html", context)


def leaving(
    letters: type[EReader | FollowedLetter | WeeklyLetter], template: str
) -> Callable[..., HttpResponse]:
    """As `leave`, for a letter that readers chose beside newsletters."""

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @for_mailbox
    def leave_chosen(request: HttpRequest, mailbox: Mailbox, token: ReaderToken) -> HttpResponse:
        if request.method == "POST":
            letters.objects.stop(mailbox)
        context = {
            "mailbox": mailbox,
            "is_sent": letters.objects.filter(mailbox=mailbox).exists(),
            "preferences": preferences_path(mailbox),
        }
        return render(request, template, context)

    return leave_chosen
