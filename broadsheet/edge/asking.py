"""A question of our own to this program, as the front would ask it: from nobody."""

import sys
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponseBase


def answer_to(path: str, environ: dict[str, Any]) -> HttpResponseBase:
    """What `path` is answered with; `environ` says in which rendition, or who asks for what."""
    return get_wsgi_application().get_response(WSGIRequest(_environ(path) | environ))


def _environ(path: str) -> dict[str, Any]:
    """Without an address: as on the front's socket."""
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": settings.PUBLIC.hostname,
        "SERVER_PORT": "443" if settings.HTTPS else "80",
        "HTTP_HOST": settings.PUBLIC.netloc,
        "HTTP_ACCEPT": "text/html",
        "HTTP_X_FORWARDED_FOR": "127.0.0.1",
        "HTTP_X_FORWARDED_PROTO": settings.PUBLIC.scheme,
        "REMOTE_ADDR": "",
        "wsgi.url_scheme": settings.PUBLIC.scheme,
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
    }
