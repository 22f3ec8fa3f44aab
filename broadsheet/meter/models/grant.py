from collections.abc import Iterable
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models, transaction

from broadsheet.house import clock
from broadsheet.meter.allowance import Allowance, Reason, Verdict, Visitor, decide
from broadsheet.meter.period import Period
from broadsheet.people.models import Person


class GrantQuerySet(models.QuerySet["Grant"]):
    def of(self, reader: Person, period: Period) -> Self:
        return self.filter(reader=reader, period=period.key)

    def as_visitor(self, reader: Person, period: Period, *, is_subscriber: bool) -> Visitor:
        """`reader` as the verdict sees them."""
        rows = self.of(reader, period).values_list("article", "charged")
        granted = dict(rows)
        return Visitor(
            is_reader=True,
            is_staff=reader.is_of_the_staff,
            is_subscriber=is_subscriber,
            granted=frozenset(granted),
            spent=sum(granted.values()),
        )


class Grant(models.Model):
    """An article that a reader opened in a period, and that stays open to its end."""

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants")
    article = models.UUIDField()
    period = models.CharField(max_length=20)
    charged = models.BooleanField(
        default=True, help_text="False where it was brought along from before signing in."
    )
    granted_at = models.DateTimeField(default=clock.now)

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            # Two tabs or two devices can't spend twice on the same article.
            models.UniqueConstraint(
                fields=["reader", "period", "article"], name="article_granted_once_a_period"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reader}: {self.article} in {self.period}"


def spend(
    reader: Person, article: UUID, access: str, allowance: Allowance, period: Period, *, is_subscriber: bool
) -> Verdict:
    """Decides and, if the meter has room, spends one: all in one transaction.

    The reader's row is the lock: requests of one reader queue up, so that two at once can't both take
    the last article. A retry of a request that was carried out finds the grant and spends nothing.
    """
    with transaction.atomic():
        # On SQLite the transaction began IMMEDIATE, and select_for_update is a plain select.
        Person.objects.select_for_update().get(pk=reader.pk)
        visitor = Grant.objects.as_visitor(reader, period, is_subscriber=is_subscriber)
        verdict = decide(article, access, visitor, allowance)
        if verdict.reason == Reason.METER:
            Grant.objects.create(reader=reader, article=article, period=period.key)
        return verdict


def merge(reader: Person, articles: Iterable[UUID], allowance: Allowance, period: Period) -> None:
    """Brings a stranger's grants along into `reader`'s account; safe to repeat.

    All of them stay open. They are not charged to the reader's own allowance, as long as they are no
    more in a period than a stranger may open: else signing in and out would be a meter without end.
    """
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=reader.pk)
        rows = Grant.objects.of(reader, period)
        known = set(rows.values_list("article", flat=True))
        room = allowance.strangers - rows.filter(charged=False).count()
        new = [article for article in sorted(articles) if article not in known]
        Grant.objects.bulk_create(
            Grant(reader=reader, article=article, period=period.key, charged=position >= room)
            for position, article in enumerate(new)
        )
