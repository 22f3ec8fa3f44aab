from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple, Self
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from broadsheet.paywall.holding import HeldGrant, Holding
from broadsheet.paywall.meter_rules import MeterRules
from broadsheet.paywall.period import Period
from broadsheet.paywall.verdict import Reason, Verdict, Visitor, decide
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.compiled import Compiled, Parameter

LONGEST_KEY = 20


class GrantQuerySet(models.QuerySet["Grant"]):
    def of(self, reader: Person, period: Period, at: datetime | None = None) -> Self:
        """Those of `reader` that are open or count `at` a moment (now, unless told)."""
        return self.filter(_open_or_counted(period.key, at or clock.now()), reader=reader)

    def prolong(self, held: HeldGrant, until: datetime | None) -> None:
        """Promises `held` a later end; what it counts for, and how long, stays."""
        if held.open_until and (until is None or until > held.open_until):
            self.filter(period=held.period, article=held.article).update(open_until=until)

    def ended_before(self, at: datetime) -> Self:
        return self.filter(open_until__lt=at)


def _open_or_counted(period: Any, at: Any) -> Q:
    return Q(open_until__gt=at) | Q(open_until=None) | Q(period=period)


def holding_of(reader: Person, period: Period) -> Holding:
    at = clock.now()
    return Holding.of(_held(reader, period, at), period, at)


def _held(reader: Person, period: Period, at: datetime) -> list[HeldGrant]:
    return [HeldGrant(*row) for row in _held_rows(reader=reader.pk, period=period.key, at=at)]


class Grant(models.Model):
    """An article that a reader opened in a period, and that stays open to its end.

    It bears the end that it was promised, so that nothing is closed early where the publication changes
    the span of its meter, or its time zone, in the middle of one.
    """

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants")
    article = models.UUIDField()
    period = models.CharField(max_length=LONGEST_KEY)
    charged = models.BooleanField(
        default=True, help_text="False where it was brought along from before signing in."
    )
    granted_at = models.DateTimeField(default=clock.now)
    open_until = models.DateTimeField(null=True, help_text="Empty: for ever.")

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            # Two tabs or two devices can't spend twice on the same article.
            models.UniqueConstraint(
                fields=["reader", "period", "article"], name="article_granted_once_a_period"
            )
        ]
        indexes = [models.Index(fields=["open_until"])]  # for the sweep

    def __str__(self) -> str:
        return f"{self.reader}: {self.article} in {self.period}"

    @property
    def held(self) -> HeldGrant:
        return HeldGrant(self.article, self.period, self.granted_at, self.open_until, self.charged)


class Spent(NamedTuple):
    verdict: Verdict
    holding: Holding
    """What the reader has now."""


def spend(reader: Person, article: UUID, access: str, visitor: Visitor, meter_rules: MeterRules) -> Spent:
    """Decides and, if the meter has room, spends one: all in one transaction.

    `visitor` is who the reader is besides what they hold, which is read here. The reader's row is the
    lock: requests of one reader queue up, so that two at once can't both take the last article. A retry
    of a request that was carried out finds the grant and spends nothing.
    """
    with transaction.atomic():
        _lock(reader)
        period, at = meter_rules.period, clock.now()
        rows = _held(reader, period, at)
        holding = Holding.of(rows, period, at)
        verdict = decide(article, access, holding.as_held_by(visitor), meter_rules.allowance)
        if verdict.reason != Reason.METER:
            return Spent(verdict, holding)
        new = HeldGrant(article, period.key, at, period.ends_at)
        _keep(reader, [new])
        # A rolling period has one key for ever: an article that was closed meanwhile is opened anew.
        others = (row for row in rows if (row.article, row.period) != (article, period.key))
        return Spent(verdict, Holding.of([*others, new], period, at))


def merge(reader: Person, held: Iterable[HeldGrant], meter_rules: MeterRules) -> None:
    """Brings a stranger's grants along into `reader`'s account; safe to repeat.

    All of them stay open to the later of the ends that the stranger and the reader were promised. They are
    not charged to the reader's own allowance, as long as they are no more in a period than a stranger may
    open: else signing in and out would be a meter without end.
    """
    period, at = meter_rules.period, clock.now()
    with transaction.atomic():
        _lock(reader)
        rows = _held(reader, period, at)
        known = Holding.of(rows, period, at).granted
        uncharged = sum(period.counts(row.period, row.granted_at) for row in rows if not row.charged)
        room = meter_rules.allowance.strangers - uncharged
        brought = {grant.article: grant for grant in held if grant.is_open(period, at)}
        for row in rows:
            if row.article in known and (same := brought.get(row.article)):
                Grant.objects.filter(reader=reader).prolong(row, same.open_until)
        new = sorted(grant for article, grant in brought.items() if article not in known)
        kept = []
        for grant in new:
            is_spent = grant.is_spent(period)
            kept.append(grant._replace(charged=is_spent and room <= 0))
            room -= is_spent
        _keep(reader, kept)


def _lock(reader: Person) -> None:
    """On SQLite the transaction began IMMEDIATE, and this is a plain select."""
    if not _lock_row(reader=reader.pk):
        raise Person.DoesNotExist


def _keep(reader: Person, held: Iterable[HeldGrant]) -> None:
    Grant.objects.bulk_create(
        [Grant(reader=reader, **grant._asdict()) for grant in held],
        # A rolling period has one key for ever: what was closed in the meantime is opened anew.
        update_conflicts=True,
        unique_fields=["reader", "period", "article"],
        update_fields=["charged", "granted_at", "open_until"],
    )


# --- What each post of a reader asks -----------------------------------------------------------------

_READER = Parameter("reader", models.BigAutoField())


@Compiled
def _lock_row() -> models.QuerySet[Person, Any]:
    return Person.objects.select_for_update().filter(pk=_READER).values_list("pk")


@Compiled
def _held_rows() -> models.QuerySet[Grant, Any]:
    period, at = Parameter("period", models.CharField()), Parameter("at", models.DateTimeField())
    own = Grant.objects.filter(_open_or_counted(period, at), reader=_READER)
    return own.values_list(*HeldGrant._fields)
