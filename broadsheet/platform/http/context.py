from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.contrib.messages.context_processors import messages as all_messages
from django.http import HttpRequest


def messages(request: HttpRequest) -> dict[str, Any]:
    """Django's own messages, for whoever may have any.

    To look for them opens the session, and that makes a page vary by cookie: one that is the same for
    every visitor without a session would be kept by no CDN.
    """
    may_have = settings.SESSION_COOKIE_NAME in request.COOKIES
    has_new = getattr(get_messages(request), "added_new", False)
    return all_messages(request) if may_have or has_new else {}
