"""Where the log goes: to stderr, a line each, and no fault more than once a minute."""

from typing import Any


def at(level: str) -> dict[str, Any]:
    """The settings of Python's logging, with `level` for all that has none of its own."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
        "filters": {
            "held": {"()": "broadsheet.platform.processes.quiet_logs.Held"},
            "stopping": {"()": "broadsheet.platform.processes.quiet_logs.Stopping"},
            "unknown_host": {"()": "broadsheet.platform.processes.quiet_logs.UnknownHost"},
            "repeats": {"()": "broadsheet.platform.outages.repeats.OnceAMinute"},
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["repeats"]},
            "warnings": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["repeats"],
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
