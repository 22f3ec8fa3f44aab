"""Shared by the pages on which readers manage their subscription or donation."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from broadsheet.billing import intents
from broadsheet.billing.limits import TOO_MANY_ORDERS, may_order
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import Actor, Consent, Subscription, Verb
from broadsheet.people.current import own_or_404, person_of
from broadsheet.people.models import Person
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.http.robots import unlisted

type View = Callable[[HttpRequest, Subscription], HttpResponse]


def to_account() -> HttpResponse:
    return see_other("people:account")


def of_subscriber(view: View) -> Callable[..., HttpResponse]:
    """Passes `view` the reader's live subscription, or their donation or group with the number `pk`.

    The page is in the language of the subscription's edition, and in the subscription's time zone.
    """

    @never_cache
    @login_required
    @wraps(view)
    def shown(request: HttpRequest, pk: int | None = None) -> HttpResponse:
        subscription = _live_one(request, pk)
        if subscription is None:
            messages.error(request, _("You have no subscription. Nothing was changed."))
            return to_account()
        edition = subscription.price.edition
        with translation.override(edition), timezone.override(subscription.zone):
            response = view(request, subscription)
        return unlisted(response)

    return shown


def _live_one(request: HttpRequest, pk: int | None) -> Subscription | None:
    own = Subscription.objects.filter(person=person_of(request)).select_related("price__plan", "next_price")
    if pk is None:
        live: Subscription | None = own.reading().live().first()
        return live
    other: Subscription = own_or_404(own.exclude(is_donation=False, is_group=False), pk=pk)
    return other


def consent_to(request: HttpRequest, subscription: Subscription, words: str, button: str) -> Consent:
    """The consent to `words`, given by pressing `button`; not saved yet."""
    return Consent(
        person=subscription.person,
        subscription=subscription,
        text=f"{words} “{button}”",
        address=request.META.get("REMOTE_ADDR") or None,
    )


def ask(
    request: HttpRequest, subscription: Subscription, verb: Verb, done: str, **wanted: Any
) -> HttpResponse:
    """Asks for `verb` and redirects to the account page, which says `done`, or why not."""
    if not may_order(request):
        messages.error(request, TOO_MANY_ORDERS)
        return to_account()
    try:
        intent = intents.ask(subscription, verb, Actor.reader(person_of(request)), **wanted)
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        if not intent.is_open:
            messages.success(request, done)
    return to_account()


def status_of(request: HttpRequest) -> HTTPStatus:
    """The status of a form's page: a post that is answered with the form had errors."""
    return HTTPStatus.BAD_REQUEST if request.method == "POST" else HTTPStatus.OK


def subscription_of(reader: Person | None) -> Subscription | None:
    """The live subscription that `reader` reads by."""
    if reader is None:
        return None
    found = Subscription.objects.filter(person=reader).reading().live()
    live: Subscription | None = found.select_related("price__plan").first()
    return live
