from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Max, OuterRef, Q, Subquery
from django.dispatch import Signal
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.blocks import StreamValue

from broadsheet.editorial.live.blocks import EntryBody
from broadsheet.editorial.models.article import TAG, Article
from broadsheet.editorial.models.author import Author
from broadsheet.editorial.models.entry import Entry, EntryChange
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.characters import without_forbidden
from broadsheet.platform.kept import Kept, edited

coverage_changed = Signal()
"""Sent in the transaction of the change, with `coverage`, the `articles` in which it stands, and `at_once`
where what readers saw may not be shown again."""


class NotPostedError(ValidationError):
    """It can't be posted, or is no longer what its writer saw. `messages` say why."""


class ChangedMeanwhileError(NotPostedError):
    """The entry was changed since it was opened, by somebody else or in another window."""


class Coverage(models.Model):
    """What is told live in one article: it begins with its first entry, goes on, and ends."""

    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="live_coverage")
    state = models.PositiveIntegerField(default=0, editable=False)
    """Rises with each change that readers can see."""
    began_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    summary = models.TextField(
        gettext_lazy("summary"),
        max_length=600,
        blank=True,
        help_text=gettext_lazy("What it came to. It stands above the entries, for everyone."),
    )

    class Meta:
        verbose_name = gettext_lazy("live coverage")
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")),
                name="coverage_ends_after_beginning",
            )
        ]

    if TYPE_CHECKING:
        entries: Any
        article_id: int

    def __str__(self) -> str:
        return str(self.article)

    @classmethod
    def of(cls, article: Article) -> "Coverage":
        """That of `article`, which is made when it is first asked for at the desk."""
        return cls.objects.get_or_create(article=article)[0]

    @property
    def is_live(self) -> bool:
        return self.began_at is not None and self.ended_at is None

    @cached_property
    def shown(self) -> list[Entry]:
        """All that was posted, the newest first, with all that a page shows, in few queries."""
        found = list(self.entries.posted().prefetch_related("authors", "changes"))
        # As one stream, so that what all of them choose is read together.
        stream_block = EntryBody()
        raw = [list(entry.body.raw_data) for entry in found]
        blocks = iter(StreamValue(stream_block, [block for blocks in raw for block in blocks], is_lazy=True))
        for entry, own in zip(found, raw, strict=True):
            entry.coverage = self
            entry.body = StreamValue(stream_block, list(islice(blocks, len(own))))
        return found

    @property
    def spans_days(self) -> bool:
        """Whether entries came on several days, in the time zone of the page: then each time says its day."""
        if not self.shown:
            return False
        first, last = self.shown[-1].posted_at, self.shown[0].posted_at
        return bool(first and last) and localtime(first).date() != localtime(last).date()

    @property
    def standing(self) -> list[Entry]:
        """Without those that were withdrawn."""
        return [entry for entry in self.shown if not entry.is_withdrawn]

    @property
    def newest(self) -> Entry | None:
        return next(iter(self.standing), None)

    @property
    def key_points(self) -> list[Entry]:
        return [entry for entry in self.standing if entry.is_key_point]

    @property
    def plain_text(self) -> str:
        """What it says besides its entries."""
        return " ".join(filter(None, [self.summary, *(entry.headline for entry in self.key_points)]))

    @property
    def last_changed_at(self) -> datetime | None:
        """When readers last got something new."""
        moments = [entry.posted_at for entry in self.shown] + [
            change.at for entry in self.shown for change in entry.changes.all()
        ]
        moments += [entry.withdrawn_at for entry in self.shown] + [self.ended_at]
        return max((moment for moment in moments if moment), default=None)

    def articles(self) -> list[Article]:
        """The published article and its copies in other editions, as they stand now."""
        shown = Article.objects.live().filter(Q(pk=self.article_id) | Q(alias_of=self.article_id))
        found = list(shown)
        for article in found:
            article.coverage = self  # read once for all of them
        return found

    # --- What is done at the desk ------------------------------------------------------------------

    def write(self, key: UUID, *, by: Person | None, authors: Iterable[Author], **fields: Any) -> Entry:
        """A draft; one where a form is sent twice, `NotPostedError` where it then says something else."""
        with transaction.atomic():
            self._lock()
            entry = Entry(coverage=self, key=key, written_by=by, **fields)
            if there := Entry.objects.filter(key=key).first():
                if there.coverage_id != self.pk or not _says_the_same(there, entry):
                    raise NotPostedError(
                        _("This form was sent before, with other words. What you typed is still here.")
                    )
                return there
            entry.save()
            entry.authors.set(authors)
        return entry

    # Each of these says whether it changed anything: buttons are pressed twice.

    def post(self, entry: Entry) -> bool:
        """Shows `entry` to readers."""
        with transaction.atomic():
            self._lock()
            entry.refresh_from_db()
            if entry.is_posted:
                return False
            if not self.article.live:
                raise NotPostedError(
                    _("The article isn’t published yet. Keep the entry as a draft until it is.")
                )
            if self.ended_at:
                raise NotPostedError(_("The coverage has ended. An editor can take it up again."))
            if faults := entry.faults():
                raise NotPostedError(faults)
            entry.posted_at = clock.now()
            highest = self.entries.aggregate(highest=Max("number"))["highest"]
            entry.number = (highest or 0) + 1
            self.began_at = self.began_at or entry.posted_at
            entry.posted_in = self.state + 1
            self._go_on(entry)
        return True

    def change(
        self, entry: Entry, *, seen: int, by: Person, authors: Iterable[Author], note: str, **fields: Any
    ) -> None:
        """Changes what `entry` says. Of a posted one readers are told when, and by `note` what was wrong.

        `seen` is the `version` of what its writer saw.
        """
        with transaction.atomic():
            self._lock()
            entry.refresh_from_db()
            if entry.is_withdrawn:
                raise NotPostedError(_("The entry is withdrawn."))
            if entry.version != seen:
                raise ChangedMeanwhileError(
                    _(
                        "This entry was changed after you opened it. What you typed is still here:"
                        " saved again, it takes the place of what was changed."
                    )
                )
            for name, value in fields.items():
                setattr(entry, name, value)
            if not entry.is_posted:
                entry.changed_in += 1
                entry.save()
                entry.authors.set(authors)
                return
            if faults := entry.faults():
                raise NotPostedError(faults)
            entry.authors.set(authors)
            EntryChange.objects.create(entry=entry, at=clock.now(), note=note, by=by)
            self._go_on(entry, at_once=True)

    def drop(self, entry: Entry) -> bool:
        """Deletes a draft; False where it is posted by now."""
        with transaction.atomic():
            self._lock()
            if self.entries.posted().filter(pk=entry.pk).exists():
                return False
            self.entries.filter(pk=entry.pk).delete()
        return True

    def withdraw(self, entry: Entry, why: str) -> bool:
        """Takes `entry` off the page; that it was there, and `why` it went, stays."""
        with transaction.atomic():
            self._lock()
            entry.refresh_from_db()
            if not entry.is_posted or entry.is_withdrawn:
                return False
            entry.withdrawn_at, entry.withdrawn_why = clock.now(), why
            self._go_on(entry, at_once=True)
        return True

    def end(self, summary: str) -> bool:
        """Says that it is over: whether it was not yet. Repeated, it changes the summary alone."""
        with transaction.atomic():
            self._lock()
            if self.began_at is None:
                raise NotPostedError(_("It has no entry yet."))
            went_on = self.ended_at is None
            self.ended_at = self.ended_at or clock.now()
            self.summary = summary
            self._go_on()
        return went_on

    def take_up_again(self) -> bool:
        with transaction.atomic():
            self._lock()
            if self.ended_at is None:
                return False
            self.ended_at = None
            self._go_on()
        return True

    def _lock(self) -> None:
        """So that of two who post at once each gets a number of their own."""
        row = Coverage.objects.select_for_update().get(pk=self.pk)
        for name in ("state", "began_at", "ended_at", "summary"):
            setattr(self, name, getattr(row, name))
        self.__dict__.pop("shown", None)

    def _go_on(self, entry: Entry | None = None, *, at_once: bool = False) -> None:
        self.state += 1
        self.save()
        if entry:
            entry.changed_in = self.state
            entry.save()
        self.__dict__.pop("shown", None)
        edited(TAG)
        coverage_changed.send(sender=Coverage, coverage=self, articles=self.articles(), at_once=at_once)


def _says_the_same(one: Entry, other: Entry) -> bool:
    return _words(one) == _words(other)


def _words(entry: Entry) -> list[Any]:
    """As they are saved."""
    blocks = [[block["type"], block["value"]] for block in entry.body.get_prep_value()]
    return without_forbidden([entry.headline, entry.is_key_point, blocks])


@dataclass(frozen=True, slots=True)
class Running:
    """What lists say of a coverage that goes on."""

    line: str
    at: datetime


def _read_running() -> dict[int, Running]:
    going_on = Entry.objects.standing().filter(coverage__ended_at=None)
    last = going_on.filter(coverage=OuterRef("coverage")).values("number")[:1]
    newest = going_on.filter(number=Subquery(last)).select_related("coverage")
    return {
        entry.coverage.article_id: Running(entry.line, entry.posted_at) for entry in newest if entry.posted_at
    }


running = Kept(_read_running, TAG)
"""By the id of the article, of an original."""
