"""What a reader opened and how far they came, for those who chose to have that kept."""

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models, transaction

from broadsheet.people.models import Person
from broadsheet.platform import clock

KEPT = timedelta(days=183)
"""From when an article was last open. The page says “six months”."""
VISIT = timedelta(minutes=30)
"""What is opened again within it belongs to the visit that is going on."""
MOST_PARAGRAPHS = 5_000


class ReadingHistoryQuerySet(models.QuerySet["ReadingHistory"]):
    def of(self, reader: Person) -> "ReadingHistory | None":
        """None where the reader has not chosen to have one."""
        return self.filter(reader=reader).first()

    def begin(self, reader: Person) -> "ReadingHistory":
        return self.get_or_create(reader=reader)[0]


class ReadingHistory(models.Model):
    """A reader's choice to have a history; while there is none, nothing is added to what was opened."""

    reader = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reading_history"
    )
    chosen_at = models.DateTimeField(default=clock.now)

    objects = ReadingHistoryQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.reader}, since {self.chosen_at:%Y-%m-%d}"

    @property
    def opened(self) -> "OpenedArticleQuerySet":
        return OpenedArticle.objects.filter(reader=self.reader_id)

    @transaction.atomic
    def note(self, article: UUID, place: int, paragraphs: int) -> None:
        """Keeps that `article` was open, and the furthest paragraph that was reached: the first is 1."""
        if not self._hold():
            return  # it was ended at this moment, in another tab
        now = clock.now()
        entry, is_new = OpenedArticle.objects.select_for_update().get_or_create(
            reader_id=self.reader_id, article=article, defaults={"place": place, "paragraphs": paragraphs}
        )
        if is_new:
            return
        if now - entry.last_at >= VISIT:
            entry.before_at = entry.last_at
        entry.last_at, entry.paragraphs = now, paragraphs
        # A text that was shortened since ends earlier than where somebody was.
        entry.place = min(max(entry.place, place), paragraphs)
        entry.save(update_fields=["before_at", "last_at", "place", "paragraphs"])

    @transaction.atomic
    def end(self, *, clears: bool) -> None:
        self._hold()
        if clears:
            self.opened.delete()
        self.delete()

    def _hold(self) -> bool:
        """Whether it is still there; until the end of the transaction it then stays."""
        return ReadingHistory.objects.select_for_update().filter(pk=self.pk).first() is not None


class OpenedArticleQuerySet(models.QuerySet["OpenedArticle"]):
    def latest_first(self) -> Self:
        return self.order_by("-last_at", "-pk")

    def last_opened(self, before: datetime) -> datetime | None:
        """When one of them was last open before the visit that was going on at `before`."""
        moments = [
            entry.last_at if entry.last_at <= before - VISIT else entry.before_at
            for entry in self.order_by("-last_at")[:100]
        ]
        return max(filter(None, moments), default=None)

    def expired(self, at: datetime) -> Self:
        return self.filter(last_at__lt=at - KEPT)


class OpenedArticle(models.Model):
    """One article in a reader's history, in whatever edition they opened it."""

    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="opened_articles"
    )
    article = models.UUIDField()
    opened_at = models.DateTimeField(default=clock.now)
    last_at = models.DateTimeField(default=clock.now)
    before_at = models.DateTimeField(null=True)
    """When it was last open in the visit before the last."""
    place = models.PositiveSmallIntegerField()
    """The furthest paragraph that was in view; the first is 1."""
    paragraphs = models.PositiveSmallIntegerField()

    objects = OpenedArticleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reader", "article"], name="article_once_in_history"),
            models.CheckConstraint(
                condition=models.Q(place__gte=1, place__lte=models.F("paragraphs")),
                name="place_is_in_article",
            ),
        ]
        indexes = [
            models.Index(fields=["reader", "last_at"], name="opened_articles_by_day"),
            models.Index(fields=["last_at"], name="opened_articles_to_forget"),
        ]

    def __str__(self) -> str:
        return f"{self.reader}: {self.article}, {self.place} of {self.paragraphs}"

    @property
    def is_finished(self) -> bool:
        return self.place >= self.paragraphs

    @property
    def percent(self) -> int:
        """How much of it was read: under a hundred as long as any is left."""
        return 100 * self.place // self.paragraphs
