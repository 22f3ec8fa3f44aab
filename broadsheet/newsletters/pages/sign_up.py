"""The page of all newsletters, and signing up from wherever its form stands."""

from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from broadsheet.editorial.models import Publication
from broadsheet.newsletters import letters
from broadsheet.newsletters.asking import Asking, consent_words, has_room
from broadsheet.newsletters.forms import SignUpForm, pace_mark
from broadsheet.newsletters.models import Mailbox, Newsletter
from broadsheet.newsletters.pages.proving import CONFIRM_WITHIN
from broadsheet.newsletters.reader_links import preferences_path
from broadsheet.people.current import reader_of
from broadsheet.people.models import MailedCode, Purpose
from broadsheet.people.pages.codes import NotSent, send_code
from broadsheet.people.pages.sign_in import ASKERS_SESSION
from broadsheet.platform.http.caching import for_nobody_else
from broadsheet.platform.http.origin import same_origin_only
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.http.robots import out_of_sight

DOMAIN_IS_FULL = _(
    "Too many addresses of this domain wait for their confirmation just now. Please try again tomorrow."
)


@require_safe
def newsletters(request: HttpRequest) -> HttpResponse:
    """All of the edition's, with the form. It holds a mark of its own, so that nobody else gets it."""
    offered = _offered()
    initial = {"newsletter": [slug for slug in request.GET.getlist("newsletter") if slug]}
    form = SignUpForm(offered=offered, person=reader_of(request), initial=initial)
    return for_nobody_else(_page(request, form, HTTPStatus.OK))


@require_safe
def pace(request: HttpRequest) -> HttpResponse:
    """For the script of a form in a page that is the same for all: a mark of when somebody began."""
    return out_of_sight(HttpResponse(pace_mark(), content_type="text/plain"))


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_only()
def sign_up(request: HttpRequest) -> HttpResponse:
    """Sends one message with a code and a link. What it answers is the same for any address."""
    if request.method != "POST":
        return for_nobody_else(redirect("newsletters"))
    form = SignUpForm(request.POST, offered=_offered(), person=reader_of(request))
    if not form.is_valid():
        return _page(request, form, HTTPStatus.OK if form.asks_again else HTTPStatus.BAD_REQUEST)
    asking, email = asking_of(request, form.cleaned_data), form.cleaned_data["email"]
    if form.proves_itself and form.person:
        mailbox = asking.carry_out(email, get_language() or "")
        mailbox.belong_to(form.person)
        return see_other(preferences_path(mailbox, "confirmed"))
    try:
        _ask(request, asking, email)
    except NotSent as failure:
        form.add_error(None, failure.reason)
        return _page(request, form, failure.status)
    return see_other("newsletter_code")


def _ask(request: HttpRequest, asking: Asking, email: str) -> None:
    """Raises NotSent."""
    if not has_room(email):
        raise NotSent(DOMAIN_IS_FULL, HTTPStatus.TOO_MANY_REQUESTS)
    edition = get_language() or ""

    def post(request: HttpRequest, mailed: MailedCode) -> None:
        asking.write_down(email, edition, mailed)
        letters.post_confirmation(mailed, asking.newsletters, edition)

    is_stranger = not request.user.is_authenticated
    send_code(request, Purpose.MAILBOX, email, post=post, lifetime=CONFIRM_WITHIN)
    if is_stranger:
        request.session.set_expiry(ASKERS_SESSION)


def asking_of(request: HttpRequest, chosen: dict[str, Any]) -> Asking:
    publication: Publication = Publication.load(request_or_site=request)
    return Asking(
        chosen["newsletter"],
        consent_words(publication.name),
        chosen["place"],
        page=chosen.get("page", ""),
        network_address=get_adapter().get_client_ip(request) or None,
        time_zone=chosen.get("zone", ""),
    )


def _offered() -> list[Newsletter]:
    return list(Newsletter.objects.offered(get_language() or ""))


def _page(request: HttpRequest, form: SignUpForm, status: HTTPStatus) -> HttpResponse:
    mailbox = Mailbox.objects.of(form.person) if form.person else None
    received = set(mailbox.sign_ups.confirmed().values_list("newsletter", flat=True)) if mailbox else set()
    context = {
        "form": form,
        "newsletters": list(form.offered.values()),
        "received": received,
        "mark": _kept_mark(form) or pace_mark(),
        "preferences": preferences_path(mailbox) if mailbox and received else "",
        "person": form.person,
    }
    response = render(request, "newsletters/newsletters.html", context, status=status)
    return for_nobody_else(response) if not form.is_bound else out_of_sight(response)


def _kept_mark(form: SignUpForm) -> str:
    """The mark that the form came with, where it is good: whoever was too quick has begun already."""
    return str(form.data.get("pace", "")) if form.is_bound and not form.asks_again else ""
