"""Drafts that nobody went on with, and files that no identity has."""

from datetime import datetime, timedelta

from broadsheet.identity.models import Identity, IdentityFile
from broadsheet.identity.models.identity import FILES
from broadsheet.platform.processes.scheduler import DAY, once_every

DRAFTS_KEPT = timedelta(days=90)
FILES_KEPT = timedelta(days=7)
"""A page that a browser or a cache keeps may still ask for one."""


@once_every(DAY, "identity.tidying")
def tidy(at: datetime) -> None:
    Identity.objects.filter(applied_at=None, changed_at__lt=at - DRAFTS_KEPT).delete()
    used = {pk for name in FILES for pk in Identity.objects.values_list(name, flat=True) if pk}
    IdentityFile.objects.filter(made_at__lt=at - FILES_KEPT).exclude(pk__in=used).delete()
