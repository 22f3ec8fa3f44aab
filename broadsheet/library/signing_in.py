"""Strangers who would keep something are asked to sign in, and land where it is kept on the way."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.http.refusals import wants_json
from broadsheet.platform.http.robots import out_of_sight


def sign_in_first(request: HttpRequest, landing: str) -> HttpResponse:
    """Leads to signing in and from there to `landing`, a path with a fragment that says what to keep."""
    to_sign_in = redirect_to_login(landing).url
    if wants_json(request):
        return out_of_sight(JsonResponse({"error": _("Sign in first."), "sign_in": to_sign_in}, status=401))
    return out_of_sight(see_other(to_sign_in))
