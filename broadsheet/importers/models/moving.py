import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from broadsheet.editorial.models import Publication
from broadsheet.importers.files import Files
from broadsheet.importers.records import Source, Wishes
from broadsheet.platform import clock
from broadsheet.platform.days import name_of

if TYPE_CHECKING:
    from broadsheet.importers.models.finding import Finding
    from broadsheet.importers.models.imported import Imported, OldAddress
    from broadsheet.importers.models.readers import ReaderBatch

KEPT_FOR = timedelta(days=14)
"""How long an uploaded export is: it holds addresses, password hashes and keys."""


class ImportQuerySet(models.QuerySet["Import"]):
    def under_way(self) -> Self:
        return self.filter(state__in=Import.UNDER_WAY)

    def with_old_files(self) -> Self:
        """Those whose uploaded files have lain for too long."""
        return self.filter(files_deleted_at=None, is_uploaded=True, created_at__lt=clock.now() - KEPT_FOR)


class Import(models.Model):
    """One move of another system's export into this magazine."""

    class State(models.TextChoices):
        NEW = "new", _("waits to be read")
        READING = "reading", _("is being read")
        PLANNED = "planned", _("planned")
        RUNNING = "running", _("is being carried out")
        DONE = "done", _("done")
        UNDOING = "undoing", _("is being undone")
        UNDONE = "undone", _("undone")
        FAILED = "failed", _("stopped")

    UNDER_WAY = (State.READING, State.RUNNING, State.UNDOING)
    OVER = (State.DONE, State.UNDONE)

    source = models.CharField(_("from"), max_length=20)
    origin = models.CharField(_("site"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.NEW)
    # A `Wishes`.
    wishes = models.JSONField(default=dict)
    # Absolute paths where the files stay where they are; names in `folder` where they were uploaded.
    files = models.JSONField(default=list)
    is_uploaded = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    words = models.CharField(_("why it stopped"), max_length=500, blank=True)
    steps = models.PositiveBigIntegerField(default=0)
    steps_done = models.PositiveBigIntegerField(default=0)
    readers = models.JSONField(default=dict)
    """What became of readers → how many."""
    of_magazine = models.JSONField(default=dict)
    """What the source says of the magazine itself: see `planning.magazine.proposal`."""
    menus_made = models.JSONField(default=dict)
    """Menu → the ids of the blocks that it was given."""
    created_at = models.DateTimeField(_("begun"), default=clock.now, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    files_deleted_at = models.DateTimeField(null=True, editable=False)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(steps_done__lte=F("steps")), name="import_has_no_more_done_than_there_is"
            )
        ]

    if TYPE_CHECKING:
        rows: models.QuerySet["Imported"]
        made: models.QuerySet["Imported"]
        findings: models.QuerySet["Finding"]
        old_addresses: models.QuerySet["OldAddress"]
        reader_batches: models.QuerySet["ReaderBatch"]

    def __str__(self) -> str:
        return f"{self.label}, {name_of(self.created_at, Publication.load().zone)}"

    @property
    def site(self) -> str:
        """The old site’s host or title, once it was read."""
        return self.origin.partition(":")[2]

    @property
    def label(self) -> str:
        from broadsheet.importers import sources

        return sources.title_of(self.source)

    @property
    def is_under_way(self) -> bool:
        return self.state in self.UNDER_WAY

    @property
    def brought_something(self) -> bool:
        """That there is something to take back."""
        if self.state not in {self.State.DONE, self.State.FAILED}:
            return False
        return self.made.exists() or self.reader_batches.exists()

    @property
    def turn(self) -> str:
        return f"importers.{self.pk}"

    @property
    def folder(self) -> Path:
        return Path(settings.VAR) / "imports" / str(self.pk)

    @property
    def paths(self) -> list[Path]:
        return [self.folder / name if self.is_uploaded else Path(name) for name in self.files]

    @property
    def wanted(self) -> Wishes:
        return Wishes(**self.wishes)

    def want(self, wishes: Wishes) -> None:
        self.wishes = asdict(wishes)
        Import.objects.filter(pk=self.pk).update(wishes=self.wishes)

    @contextmanager
    def opened(self) -> "Iterator[tuple[Source, Files]]":
        from broadsheet.importers import sources

        with Files.at(self.paths) as files:
            yield sources.opened(self.source, files, self.wanted), files

    def go_to(self, state: State, *, only_from: tuple[State, ...], **changes: Any) -> bool:
        """Whether it was this call that changed the state: two clicks are one."""
        moved = Import.objects.filter(pk=self.pk, state__in=only_from).update(state=state, **changes)
        self.refresh_from_db()
        return bool(moved)

    def stop(self, words: str) -> None:
        self.go_to(self.State.FAILED, only_from=self.UNDER_WAY, words=words[:500])

    def advance(self, count: int) -> None:
        done = models.functions.Least(F("steps"), F("steps_done") + count)
        Import.objects.filter(pk=self.pk).update(steps_done=done)

    def delete_files(self) -> None:
        """Only copies of ours: what the command was given stays where it is."""
        if self.is_uploaded and self.files_deleted_at is None:
            shutil.rmtree(self.folder, ignore_errors=True)
            Import.objects.filter(pk=self.pk).update(files_deleted_at=clock.now())
            self.refresh_from_db()
