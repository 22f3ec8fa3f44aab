"""Where the log goes: to stderr, a line each, and no fault more than once a minute."""

import json
import logging
from datetime import UTC, datetime
from typing import Any


class Json(logging.Formatter):
    """An object in each line: `time` (ISO 8601, UTC), `level`, `logger`, `message`, and what there is of
    `request_id`, `exception` and the fields that the line has of its own."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": getattr(record, "request_id", ""),
            "exception": self.formatException(record.exc_info) if record.exc_info else "",
            **getattr(record, "fields", {}),
        }
        return json.dumps({name: value for name, value in said.items() if value != ""}, ensure_ascii=False)


def at(level: str, written: str) -> dict[str, Any]:
    """The settings of Python's logging: `level` for all without one of their own, `written` lines or json."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
            "json": {"()": Json},
        },
        "filters": {
            "held": {"()": "broadsheet.platform.processes.quiet_logs.Held"},
            "stopping": {"()": "broadsheet.platform.processes.quiet_logs.Stopping"},
            "unknown_host": {"()": "broadsheet.platform.processes.quiet_logs.UnknownHost"},
            "request_id": {"()": "broadsheet.platform.http.request_log.RequestId"},
            "repeats": {"()": "broadsheet.platform.outages.repeats.OnceAMinute"},
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": written,
                "filters": ["repeats", "request_id"],
            },
            "warnings": {
                "class": "logging.StreamHandler",
                "formatter": written,
                "filters": ["repeats", "request_id"],
                "level": "WARNING",
            },
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"level": level},  # else it has Django's own
            "django.request": {"filters": ["held"]},
            "django.security.DisallowedHost": {"filters": ["unknown_host"]},
            # Wagtail's own audit log keeps who published what; one line more each tells nothing.
            "wagtail": {"level": "WARNING"},
            # It says when it begins and stops, which `serve` says too.
            "_granian": {"level": "WARNING"},
            # aiosmtpd's, the demo's mail server: each command of every message.
            "mail.log": {"level": "WARNING"},
            # Each of its detectors says that it runs, for every message that comes back.
            "flufl.bounce": {"level": "WARNING"},
            # The worker sets these two to INFO, whatever is said here: so their handler has the level.
            "django.tasks": {"handlers": ["warnings"], "propagate": False},
            "django_tasks_db": {"handlers": ["warnings"], "propagate": False, "filters": ["stopping"]},
        },
    }
