"""Whether it is still the same person: asked before anything that could take an account away from them.

A sign-in of the last minutes is proof enough. Otherwise: the second factor where there is one, else the
password or a code by e-mail.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

type View = Callable[..., HttpResponse]

STAYS_FRESH = timedelta(minutes=15)


def confirmed_recently(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    if not records:
        return False
    # allauth stamps its records by this clock, not by ours.
    age: float = time.time() - records[-1]["at"]
    return age < STAYS_FRESH.total_seconds()


def for_confirmed_person(view: View) -> View:
    """Sends strangers to sign in, and readers whose sign-in is old to confirm it; both come back."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if confirmed_recently(request):
            return view(request, *args, **kwargs)
        # What was posted is not kept meanwhile, as allauth would: it may be a password.
        way = get_adapter().get_reauthentication_methods(request.user)[0]["url"]
        return redirect(f"{way}?{urlencode({'next': request.get_full_path()})}")

    return guarded
