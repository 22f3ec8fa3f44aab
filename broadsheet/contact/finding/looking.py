"""Looks up what visitors know: soon, by a task, and each minute what a lost task has left."""

from datetime import datetime

from django.tasks import task

from broadsheet.contact.models.inquiry import settle_due


@task
def look_up_soon() -> None:
    settle_due()


def look_up_late(at: datetime, **kwargs: object) -> None:
    settle_due(at)
