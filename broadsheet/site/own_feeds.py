"""A reader's own address for an app, on the account page: got, replaced, taken back."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from broadsheet.platform.http.caching import for_nobody_else
from broadsheet.platform.http.redirects import see_other
from broadsheet.site.reading.visit import Visit


def change(
    request: HttpRequest, feeds: Any, section: str, *, first: str, new: str, revoked: str
) -> HttpResponse:
    """`feeds` are those of one kind of `OwnFeed`; the rest is what the reader is told of each case."""
    reader = Visit.of(request).person
    if reader is None:
        return for_nobody_else(redirect_to_login(reverse("people:account")))
    if request.POST.get("do") == "revoke":
        feeds.revoke(reader)
        said = revoked
    else:
        said = new if feeds.of(reader) else first
        feeds.renew(reader)
    messages.success(request, said)
    return for_nobody_else(see_other(f"{reverse('people:account')}#{section}"))
