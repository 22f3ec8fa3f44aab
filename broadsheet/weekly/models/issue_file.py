"""The files of an issue: which are wanted, which are there, and why one could not be made."""

import secrets
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any, Self

from django.core.files import File
from django.db import DatabaseError, models, transaction
from django.db.models import Q
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from broadsheet.delivery.sizes import fits_mail
from broadsheet.platform import clock
from broadsheet.platform.stored_files import forget_file
from broadsheet.weekly.files import makers
from broadsheet.weekly.models.issue import WeeklyIssue
from broadsheet.weekly.models.life import State

LEASE = timedelta(minutes=12)
"""For which whoever makes one has it to themselves; longer than any takes."""
ON_PAPER = "pdf-a4"
MOST_TRIES = 3
LONGEST_FAULT = 500
"""Characters."""


def path_of(instance: "IssueFile", name: str) -> str:
    """Where a file is kept: nobody can guess it, and no public address leads there. `name` is the ending."""
    return f"weekly/{secrets.token_hex(16)}.{name}"


class Making(models.TextChoices):
    WANTED = "wanted", _("Waits for its turn")
    MAKING = "making", _("Being made")
    MADE = "made", _("Ready")
    FAILED = "failed", _("Could not be made")


class IssueFileQuerySet(models.QuerySet["IssueFile"]):
    def want(self, issues: "models.QuerySet[WeeklyIssue]") -> None:
        """That each published one of `issues` is to have every file, made of what it holds now."""
        now = clock.now()
        pks = list(issues.filter(state=State.PUBLISHED).values_list("pk", flat=True))
        rows = [IssueFile(issue_id=pk, kind=kind, due_at=now) for pk in pks for kind in makers.kinds()]
        self.bulk_create(rows, ignore_conflicts=True)
        self.filter(issue__in=pks, kind__in=makers.kinds()).ask()

    def ask(self) -> int:
        """Has them made anew. What there was stays until then."""
        now = clock.now()
        asked = {"wanted_at": now, "due_at": now, "tries": 0, "fault": "", "faulty": None}
        return self.update(state=Making.WANTED, **asked)

    def take_back(self) -> None:
        """Has them made anew. What there was is gone at once."""
        with transaction.atomic():
            for row in self.select_for_update():
                forget_file(row.file)
            self.ask()
            self.update(file="", size=0, digest="", pages=0, made_at=None)

    def due(self, at: datetime) -> Self:
        """What nobody makes: nobody has begun, or whoever did has died."""
        return self.filter(due_at__lte=at, kind__in=makers.kinds()).order_by("due_at", "pk")

    def failed(self) -> Self:
        return self.filter(state=Making.FAILED)

    def too_heavy(self) -> Self:
        """What readers get that has more bytes than its kind should have."""
        limits = {
            kind: maker.most for kind in makers.kinds() if (maker := makers.maker_of(kind)) and maker.most
        }
        heavier = (Q(kind=kind, size__gt=most) for kind, most in limits.items())
        return self.filter(reduce(or_, heavier, Q(pk=None)))

    def there(self) -> Self:
        return self.exclude(file="")

    def pages_on_paper(self) -> int:
        """Of the one for A4; 0 while there is none."""
        return self.filter(kind=ON_PAPER).values_list("pages", flat=True).first() or 0

    def claim(self, pk: int) -> "IssueFile | None":
        """The row, for whoever is the first to ask; None where somebody makes it, or it is made."""
        now = clock.now()
        taken = {"state": Making.MAKING, "begun_at": now, "due_at": now + LEASE}
        if not self.due(now).filter(pk=pk).update(**taken, tries=models.F("tries") + 1):
            return None
        return self.select_related("issue").get(pk=pk)


class IssueFile(models.Model):
    """One kind of file of an issue, without anybody's number: that is put in while it is sent."""

    Making = Making

    issue = models.ForeignKey(WeeklyIssue, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=6, choices=Making, default=Making.WANTED)
    file = models.FileField(upload_to=path_of, blank=True)
    # Bytes that a reader gets.
    size = models.PositiveBigIntegerField(default=0)
    # Of the content that it was made of.
    digest = models.CharField(max_length=64, blank=True)
    # Of paper; 0 where there are none.
    pages = models.PositiveSmallIntegerField(default=0)
    fault = models.CharField(max_length=LONGEST_FAULT, blank=True)
    faulty = models.ForeignKey("editorial.Article", on_delete=models.SET_NULL, null=True, related_name="+")
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, default=clock.now)
    wanted_at = models.DateTimeField(default=clock.now)
    begun_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)

    objects = IssueFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of an issue")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "kind"], name="issue_file_once_of_a_kind"),
            models.CheckConstraint(condition=Q(state__in=Making.values), name="issue_file_has_a_state"),
            models.CheckConstraint(
                condition=~Q(state=Making.MADE) | (~Q(file="") & ~Q(digest="")),
                name="issue_file_made_is_there",
            ),
            models.CheckConstraint(
                condition=Q(file="", size=0, digest="", made_at=None)
                | (~Q(file="") & Q(size__gt=0, made_at__isnull=False)),
                name="issue_file_there_has_a_size",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[Making.WANTED, Making.MAKING], due_at__isnull=False)
                | Q(state__in=[Making.MADE, Making.FAILED], due_at=None),
                name="issue_file_wanted_is_due",
            ),
            models.CheckConstraint(
                condition=Q(state=Making.FAILED) ^ Q(fault=""), name="issue_file_failed_says_why"
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="issue_file_by_due")]

    def __str__(self) -> str:
        return f"{self.issue_id}: {self.kind}"

    @property
    def maker(self) -> makers.Maker | None:
        return makers.maker_of(self.kind)

    @property
    def is_there(self) -> bool:
        return bool(self.file)

    @property
    def is_too_heavy(self) -> bool:
        return bool(self.maker and self.maker.most and self.size > self.maker.most)

    @property
    def is_too_heavy_for_mail(self) -> bool:
        return bool(self.maker and self.maker.is_mailed and not fits_mail(self.size))

    @property
    def is_failed(self) -> bool:
        return self.state == Making.FAILED

    @property
    def is_under_way(self) -> bool:
        return self.state in {Making.WANTED, Making.MAKING}

    def make_again(self) -> None:
        """Whatever there is, which stays until then."""
        from broadsheet.weekly.files.making import make_soon

        row = IssueFile.objects.filter(pk=self.pk)
        row.ask()
        row.update(digest="")
        make_soon.enqueue(self.pk)

    # --- Being made, by whoever claimed it ---------------------------------------------------------

    def have(self, path: Path, ending: str, size: int, digest: str, pages: int = 0) -> bool:
        """It is the file at `path` from now on; whether it still was to be made of that."""
        storage = self.file.storage
        with path.open("rb") as made:
            name = storage.save(path_of(self, ending), File(made))
        try:
            is_ours = self._take_in(name, size, digest, pages)
        except DatabaseError:
            storage.delete(name)
            raise
        if not is_ours:
            storage.delete(name)
        return is_ours

    def _take_in(self, name: str, size: int, digest: str, pages: int) -> bool:
        with transaction.atomic():
            mine = self._mine().select_for_update().first()
            if mine is None:
                return False
            forget_file(mine.file)
            mine.file, mine.size, mine.digest, mine.made_at = name, size, digest, clock.now()
            mine.pages = pages
            mine.state, mine.due_at, mine.tries = Making.MADE, None, 0
            mine.save()
        return True

    def stay(self) -> None:
        """What there is was made of the same."""
        self._mine().update(state=Making.MADE, due_at=None, tries=0)

    def fail(self, sentence: str, article: int | None = None) -> None:
        from broadsheet.editorial.models import Article

        found = Article.objects.filter(pk=article).first() if article else None
        told = {"fault": sentence.strip()[:LONGEST_FAULT] or "?", "faulty": found}
        self._mine().update(state=Making.FAILED, due_at=None, **told)

    def try_later(self) -> None:
        self._mine().update(state=Making.WANTED, due_at=clock.now() + timedelta(minutes=2**self.tries))

    def _mine(self) -> IssueFileQuerySet:
        """The row, unless it was asked for again since, or somebody else took over."""
        return IssueFile.objects.filter(pk=self.pk, state=Making.MAKING, begun_at=self.begun_at)


@receiver(post_delete, sender=IssueFile)
def forget_file_of_row(instance: IssueFile, **kwargs: Any) -> None:
    forget_file(instance.file)
