"""Publishes and withdraws what an editor set a time for."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.models import DraftStateMixin, Page, Revision

logger = logging.getLogger(__name__)


def keep_schedule(at: datetime, **kwargs: object) -> None:
    """Like Wagtail's publish_scheduled, but an article that is not ready is skipped until it is."""
    for expired in _expired(at):
        expired.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    due = Revision.objects.filter(approved_go_live_at__lte=at).order_by("approved_go_live_at")
    for revision in due:
        try:
            with transaction.atomic():
                revision.publish(log_action="wagtail.publish.scheduled")
        except ValidationError as error:
            # It is asked again every minute; once is enough for the log.
            level = logging.WARNING if _is_new(revision, at) else logging.DEBUG
            logger.log(
                level, "%s was due but is not ready: %s", revision.object_str, " ".join(error.messages)
            )


def _is_new(revision: Revision, at: datetime) -> bool:
    return bool(at - revision.approved_go_live_at < timedelta(minutes=2))


def _expired(at: datetime) -> Iterator[Any]:
    for model in _models_with_drafts():
        found = model.objects.filter(live=True, expire_at__lte=at).order_by("expire_at")
        yield from list(found.specific() if model is Page else found)


def _models_with_drafts() -> list[Any]:
    others = [m for m in apps.get_models() if issubclass(m, DraftStateMixin) and not issubclass(m, Page)]
    return [Page, *others]
