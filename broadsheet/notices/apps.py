from datetime import datetime
from typing import Any

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "broadsheet.notices"

    def ready(self) -> None:
        from broadsheet.platform.signals import minute_passed

        minute_passed.connect(_post_due, dispatch_uid="notices.post")


def _post_due(at: datetime, **kwargs: Any) -> None:
    from broadsheet.notices.posting import post_due

    post_due(at)
