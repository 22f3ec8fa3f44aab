from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from broadsheet.platform.http.rendition import wanted


def visitor(request: HttpRequest) -> dict[str, Any]:
    """`signed_in`; asked only where a template uses it, and without a session cookie not even then.

    A page that is the same for all sets `signed_in` itself, which comes before this.
    """

    def signed_in() -> bool:
        if rendition := wanted(request):
            return rendition.is_signed_in
        # A request that was refused on its way in, for its Host say, never got so far as to have a user.
        user = getattr(request, "user", None)
        return settings.SESSION_COOKIE_NAME in request.COOKIES and user is not None and user.is_authenticated

    return {"signed_in": SimpleLazyObject(signed_in)}
