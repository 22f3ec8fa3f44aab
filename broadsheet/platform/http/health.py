"""For load balancers and watchers: ``/healthz``, that this process answers; ``/readyz``, that it can work.

They stand before all else, since they are asked by address, without TLS, and while the database is away.
"""

from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse

LIVE, READY = "/healthz", "/readyz"
SEGMENTS = frozenset({"healthz", "readyz"})


class HealthMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == LIVE:
            return _answer("ok")
        if request.path == READY:
            return _answer("ok") if has_database() else _answer("the database is away", 503)
        return self.get_response(request)


def has_database() -> bool:
    """Whether it answers, and has been prepared."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
            return bool(cursor.fetchone())
    except (DatabaseError, InterfaceError):
        return False
    finally:
        connection.close_if_unusable_or_obsolete()


def _answer(said: str, status: int = 200) -> HttpResponse:
    return HttpResponse(
        f"{said}\n", content_type="text/plain", status=status, headers={"Cache-Control": "no-store"}
    )
