"""What is to be served, by the settings: ``python -m broadsheet.platform.processes.plan`` prints it.

The supervisor asks a process for it, so that it keeps neither Django nor the settings in memory, and a
restart reads both anew.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import Self

PROCESSES = ("web", "letterbox", "worker", "post", "scheduler")


class Unusable(Exception):
    """The settings can't be used; the words have been written to standard error."""


@dataclass(frozen=True)
class Plan:
    port: int
    public_url: str
    fronts: int
    log_level: str
    log_format: str
    has_metrics: bool
    folder: str
    """VAR_DIR."""
    letterbox_port: int | None
    names: tuple[str, ...]
    """Those of PROCESSES that have something to do."""

    @classmethod
    def of_settings(cls) -> Self:
        from django.conf import settings

        has_work = {
            # Without a way to send, messages are kept.
            "post": bool(settings.SMTP or settings.MAIL_PROVIDER),
            "letterbox": settings.LETTERBOX_PORT is not None,
        }
        return cls(
            settings.PORT,
            settings.PUBLIC_URL,
            settings.FRONTS,
            settings.LOG_LEVEL,
            settings.LOG_FORMAT,
            bool(settings.METRICS_ADDRESS),
            str(settings.VAR),
            settings.LETTERBOX_PORT,
            tuple(name for name in PROCESSES if has_work.get(name, True)),
        )

    @classmethod
    def ask(cls) -> Self:
        """Raises Unusable."""
        answer = subprocess.run([sys.executable, "-m", __name__], stdout=subprocess.PIPE, check=False)
        if answer.returncode:
            raise Unusable
        said = json.loads(answer.stdout)
        return cls(**said | {"names": tuple(said["names"])})


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broadsheet.settings")
    from django.core.exceptions import ImproperlyConfigured

    try:
        sys.stdout.write(json.dumps(asdict(Plan.of_settings())))
    except ImproperlyConfigured as error:
        sys.exit(f"broadsheet: {error}")
