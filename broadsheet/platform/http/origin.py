"""A guard for forms in public pages, which hold no token because they are the same bytes for all."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from broadsheet.platform.http.refusals import refuse

type View = Callable[..., HttpResponse]


def same_origin_only(*, or_unknown: bool = False) -> Callable[[View], View]:
    """Refuses a post that another site caused (403) and replaces Django's token check.

    Browsers say where a request came from in Sec-Fetch-Site, older ones in Origin. A request that says
    neither is refused too, unless `or_unknown`.
    """

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if request.method == "POST" and not _is_ours(request, or_unknown):
                return refuse(request, 403, _("This form can only be sent from this site."))
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def _is_ours(request: HttpRequest, or_unknown: bool) -> bool:
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    if origin := request.headers.get("Origin"):
        return origin in {settings.PUBLIC_URL, f"{request.scheme}://{request.get_host()}"}
    return or_unknown
