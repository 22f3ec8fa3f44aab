"""What comes from elsewhere: ticks in the form for signing in, complaints, and providers' own buttons."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.db import models
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import get_language

from broadsheet.delivery.models import Recipient
from broadsheet.delivery.signals import complained, unsubscribed
from broadsheet.editorial.models import Publication
from broadsheet.newsletters.asking import Asking, consent_words
from broadsheet.newsletters.followed.sending import SOURCE as FOLLOWED
from broadsheet.newsletters.forms import known_zone
from broadsheet.newsletters.issues.life import SOURCE
from broadsheet.newsletters.models import (
    Consent,
    EReader,
    FollowedLetter,
    Leaving,
    Newsletter,
    Place,
    SignUp,
    WeeklyLetter,
)
from broadsheet.newsletters.models.e_reader import SOURCE as E_READER
from broadsheet.newsletters.weekly.sending import SOURCE as WEEKLY
from broadsheet.people.models import MailedCode
from broadsheet.people.paths import local_path
from broadsheet.people.signals import code_sent

ASKED = "newsletters_asked"
CHOSEN: dict[str, models.QuerySet[Any]] = {
    FOLLOWED: FollowedLetter.objects.all(),
    WEEKLY: WeeklyLetter.objects.all(),
    E_READER: EReader.objects.all(),
}
"""Letters beside newsletters, by the source of their sends."""


def ticked(request: HttpRequest) -> dict[str, Any]:
    """What a faulty form for signing in brought from the wall, to be shown in it again."""
    return {"ticked": request.POST.getlist("newsletter"), "zone": known_zone(request.POST.get("zone", ""))}


@receiver(code_sent)
def write_down(request: HttpRequest, mailed: MailedCode, **kwargs: Any) -> None:
    """Keeps what was ticked at the wall until the mailbox is proven, by this message or the next one."""
    offered = Newsletter.objects.offered(get_language() or "")
    ticked = list(offered.filter(slug__in=request.POST.getlist("newsletter")))
    if not ticked:
        # “Send a new code” has no ticks: what was asked for before goes with the new message.
        if before := request.session.get(ASKED):
            theirs = Consent.objects.filter(pk__in=before, confirmed_at=None)
            theirs.filter(sign_up__mailbox__address=mailed.email).update(mailed=mailed)
        return
    publication: Publication = Publication.load(request_or_site=request)
    asking = Asking(
        ticked,
        consent_words(publication.name),
        Place.WALL,
        page=local_path(request.POST.get("next", "")),
        network_address=get_adapter().get_client_ip(request) or None,
        time_zone=known_zone(request.POST.get("zone", "")),
    )
    consents = asking.write_down(mailed.email, get_language() or "", mailed)
    request.session[ASKED] = [consent.pk for consent in consents]


@receiver(complained)
def leave_by_complaint(recipient: Recipient, **kwargs: Any) -> None:
    _leave(recipient, Leaving.COMPLAINT)


@receiver(unsubscribed)
def leave_by_provider(recipient: Recipient, **kwargs: Any) -> None:
    _leave(recipient, Leaving.PROVIDER)


def _leave(recipient: Recipient, how: Leaving) -> None:
    """Leaves the newsletter whose issue it was, or the letter beside them.

    The key of a recipient is the number of their sign-up, or of their choice.
    """
    if not recipient.key.isdecimal():
        return
    if chosen := CHOSEN.get(recipient.send.source):
        chosen.filter(pk=int(recipient.key)).delete()
    if recipient.send.source != SOURCE:
        return
    if sign_up := SignUp.objects.filter(pk=int(recipient.key)).first():
        sign_up.leave(how)
