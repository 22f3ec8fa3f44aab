"""Webhooks: what they say is stored once and answered at once; a task works it off."""

import json
import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.tasks import task
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from broadsheet.billing.models import StripeEvent
from broadsheet.billing.providers.stripe.api import Refusal, Unreachable, is_live
from broadsheet.billing.providers.stripe.taking_in import TAKEN_IN, take_in
from broadsheet.billing.sweeping import each
from broadsheet.platform.http.refusals import refuse

logger = logging.getLogger(__name__)

OLDEST = 300
"""How many seconds old a signature may be: what somebody recorded can’t be sent again later."""


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    if not settings.STRIPE_KEY:
        raise Http404
    if not settings.STRIPE_WEBHOOK_SECRETS:
        return _refused(request, _("STRIPE_WEBHOOK_SECRET is not set, so that nothing can be verified."))
    if not _is_signed(request):
        return _refused(request, _("The signature does not fit, or is too old."))
    try:
        event = json.loads(request.body)
        reference, kind, about = str(event["id"]), str(event["type"]), str(event["data"]["object"]["id"])
    except (ValueError, KeyError, TypeError):
        return _refused(request, _("This is no event."))
    if event.get("account"):
        return _refused(request, _("It is about another account."))
    if bool(event.get("livemode")) != is_live():
        return _refused(request, _("It is of the other mode: of tests, or of real money."))
    if kind in TAKEN_IN:
        store(reference, kind, about)
    return JsonResponse({"received": True})


def _is_signed(request: HttpRequest) -> bool:
    header = request.headers.get("Stripe-Signature", "")
    return any(_fits(request.body, header, secret) for secret in settings.STRIPE_WEBHOOK_SECRETS)


def _fits(body: bytes, header: str, secret: str) -> bool:
    from stripe import SignatureVerificationError, WebhookSignature

    try:
        WebhookSignature.verify_header(body.decode(), header, secret, OLDEST)
    except (SignatureVerificationError, ValueError, IndexError):
        return False
    return True


def _refused(request: HttpRequest, reason: str) -> HttpResponse:
    logger.warning("A webhook of Stripe was refused: %s", reason)
    return refuse(request, 403, reason)


def store(reference: str, kind: str, about: str) -> None:
    row = StripeEvent(reference=reference, kind=kind[:60], about=about[:120])
    with transaction.atomic():
        # Of two that come at once, one is stored; for both there is a task, of which one finds it worked off.
        StripeEvent.objects.bulk_create([row], ignore_conflicts=True)
        transaction.on_commit(lambda: work_off.enqueue(reference))


@task
def work_off(reference: str) -> None:
    """Asks for the object and takes it in. What goes wrong is tried again by the sweep."""
    row = StripeEvent.objects.filter(reference=reference).first()
    if row:
        try:
            _work_off(row)
        except (Unreachable, Refusal):
            logger.warning("%s waits for Stripe", row)


def _work_off(row: StripeEvent) -> None:
    row.refresh_from_db()
    if row.worked_at:
        return
    try:
        # Another process may be at it as well: what is taken in twice is taken in once.
        take_in(row.kind, row.about)
    except Exception:
        # Later each time, and never given up: nobody else will tell of it.
        row.postpone()
        raise
    row.worked()


def sweep(at: Any) -> list[Exception]:
    """Works off what no task has: its worker was killed, or Stripe was away."""
    return each(StripeEvent.objects.due(at), _work_off, at_once=False)
