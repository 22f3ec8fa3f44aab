"""What is no fault of ours, or was answered after all, is a line in the log and no traceback."""

import logging
import re
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

log = logging.getLogger(__name__)


class UnknownHost(logging.Filter):
    """For django.security.DisallowedHost: anybody can ask for any host."""

    def filter(self, record: logging.LogRecord) -> bool:
        if asked := re.search(r"'([^']*)'", record.getMessage()):
            record.msg = "Refused: the host %s is neither that of PUBLIC_URL nor in EXTRA_HOSTS"
            record.args = (asked[1],)
        record.exc_info, record.exc_text = None, None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


class Stopping(logging.Filter):
    """For django_tasks_db: the worker is told to stop by `serve`, and no second Ctrl+C reaches it."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not str(record.msg).startswith("Received %s - shutting down")


class Held(logging.Filter):
    """For django.request: a lost database is not logged before it is known that nobody stood in."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(request, HttpRequest) and isinstance(error, (InterfaceError, OperationalError)):
            if not hasattr(request, "held_record"):
                request.held_record = record  # type: ignore[attr-defined]
                return False
            return request.held_record is record
        # 503 is the standby's answer where it has no page.
        return getattr(record, "status_code", None) != 503


class HeldRecordMiddleware:
    """Stands around the standby: logs what was held back, or in a line that it stood in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        record: logging.LogRecord | None = getattr(request, "held_record", None)
        if record is not None:
            if response.status_code == 500:
                logging.getLogger(record.name).handle(record)
            else:
                said = str(record.exc_info[1]).partition("\n")[0] if record.exc_info else ""
                log.warning("The database is lost, and the standby answers: %s", said)
        return response
