import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from broadsheet.editorial.models import Publication
from broadsheet.platform import clock
from broadsheet.platform.days import day_of
from broadsheet.platform.edition_field import EditionTagField

KEPT_FOR = timedelta(days=7)
"""How long its file is: it may hold all readers' addresses."""


class ExportQuerySet(models.QuerySet["Export"]):
    def under_way(self) -> Self:
        return self.filter(state=Export.State.RUNNING)

    def with_old_files(self) -> Self:
        return self.filter(files_deleted_at=None, created_at__lt=clock.now() - KEPT_FOR)


class Export(models.Model):
    """One archive of what is here, made for the desk by a process of its own."""

    class Form(models.TextChoices):
        EVERYTHING = "everything", _("Everything, in plain files")
        GHOST = "ghost", _("For Ghost")
        WORDPRESS = "wordpress", _("For WordPress")

    class State(models.TextChoices):
        RUNNING = "running", _("is being made")
        DONE = "done", _("ready")
        FAILED = "failed", _("stopped")

    form = models.CharField(_("form"), max_length=10, choices=Form.choices)
    edition = EditionTagField(blank=True)
    """Other systems know one site in one language; empty: all editions."""
    with_readers = models.BooleanField(_("with readers"), default=False)
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.RUNNING)
    words = models.CharField(_("why it stopped"), max_length=500, blank=True)
    steps = models.PositiveBigIntegerField(default=0)
    steps_done = models.PositiveBigIntegerField(default=0)
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    created_at = models.DateTimeField(_("begun"), default=clock.now, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    files_deleted_at = models.DateTimeField(null=True, editable=False)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(steps_done__lte=F("steps")), name="export_has_no_more_done_than_there_is"
            ),
            models.CheckConstraint(
                condition=Q(form="everything", edition="") | (~Q(form="everything") & ~Q(edition="")),
                name="export_for_another_system_is_of_one_edition",
            ),
            models.UniqueConstraint(
                fields=["form", "edition", "with_readers"],
                condition=Q(state="running"),
                name="export_is_made_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_form_display()}, {date_format(localtime(self.created_at))}"

    @property
    def turn(self) -> str:
        return f"exports.{self.pk}"

    @property
    def path(self) -> Path:
        return Path(settings.VAR) / "exports" / str(self.pk) / "export.zip"

    @property
    def file_name(self) -> str:
        """As it is downloaded, with the publication’s day."""
        name = f"{self.form}-{self.edition}".rstrip("-")
        return f"{name}-{day_of(self.created_at, Publication.load().zone)}.zip"

    @property
    def is_under_way(self) -> bool:
        return self.state == self.State.RUNNING

    @property
    def is_there(self) -> bool:
        return self.state == self.State.DONE and self.files_deleted_at is None and self.path.is_file()

    def end(self, state: State, **changes: Any) -> None:
        Export.objects.filter(pk=self.pk).update(state=state, ended_at=clock.now(), **changes)
        self.refresh_from_db()

    def delete_files(self) -> None:
        shutil.rmtree(self.path.parent, ignore_errors=True)
        Export.objects.filter(pk=self.pk).update(files_deleted_at=clock.now())
        self.refresh_from_db()
