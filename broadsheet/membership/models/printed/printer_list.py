from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from broadsheet.editorial.zones import zone_of
from broadsheet.membership.errors import Refused
from broadsheet.membership.models.printed.delivery import PrintDelivery, printed_subscriptions
from broadsheet.membership.models.printed.postal import FIELDS, PostalAddress
from broadsheet.membership.models.subscription.cancellation import Cancellation
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.days import day_of, start_of
from broadsheet.platform.edition_field import EditionTagField

AT_ONCE = 1000
"""How many rows are written by one query."""


class PrinterListManager(models.Manager["PrinterList"]):
    def issue(self, edition: str, closing_on: date, by: Person | None) -> "PrinterList":
        """The list of an edition for the issue that closes on a day, with what changed since the one before.

        It is written down and never changes. Raises Refused where there is one for that day.
        """
        if closing_on < day_of(clock.now(), zone_of(edition)):
            raise Refused(_("That day has passed. Choose today or a later one."))
        before = self.filter(edition=edition).order_by("-closing_on").first()
        if before and before.closing_on >= closing_on:
            raise Refused(
                _("The list for %s was issued already. The next one closes later.")
                % date_format(before.closing_on, "DATE_FORMAT")
            )
        try:
            with transaction.atomic():
                issued = self.create(edition=edition, closing_on=closing_on, by=by, before=before)
                PrinterListLine.objects.bulk_create(_lines(issued, before), batch_size=AT_ONCE)
        except IntegrityError as error:
            raise Refused(_("There is a list for that day already.")) from error
        return issued


class PrinterList(models.Model):
    """Who gets the paper of one issue, as it was given to the printer: it can be fetched again the same."""

    edition = EditionTagField()
    closing_on = models.DateField(gettext_lazy("closing day"))
    issued_at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    before = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")

    objects: ClassVar = PrinterListManager()

    class Meta:
        verbose_name = gettext_lazy("list for the printer")
        verbose_name_plural = gettext_lazy("lists for the printer")
        ordering = ["-closing_on", "edition"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "closing_on"], name="printer_list_once_a_day")
        ]

    if TYPE_CHECKING:
        lines: "LineQuerySet"

    def __str__(self) -> str:
        return f"{self.get_edition_display()}, {date_format(self.closing_on)}"

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.edition)

    @property
    def counts(self) -> dict[str, int]:
        """How many lines there are of each kind, those that occur, in the order of `What`."""
        found = dict(self.lines.order_by().values_list("what").annotate(n=models.Count("pk")))
        return {what: found[what] for what in PrinterListLine.What.values if what in found}


class LineQuerySet(models.QuerySet["PrinterListLine"]):
    def delivered(self) -> Self:
        return self.exclude(what__in=PrinterListLine.NOT_SENT)

    def changes(self) -> Self:
        return self.exclude(what=PrinterListLine.What.SAME)


class PrinterListLine(PostalAddress):
    class What(models.TextChoices):
        NEW = "new", gettext_lazy("new")
        CHANGED = "changed", gettext_lazy("changed")
        BACK = "back", gettext_lazy("back from a hold")
        SAME = "same", gettext_lazy("unchanged")
        HELD = "held", gettext_lazy("held")
        ENDED = "ended", gettext_lazy("ended")

    NOT_SENT: ClassVar = (What.HELD, What.ENDED)

    printer_list = models.ForeignKey(PrinterList, on_delete=models.CASCADE, related_name="lines")
    number = models.CharField(max_length=20)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="printer_list_lines"
    )
    what = models.CharField(max_length=7, choices=What.choices)

    objects: ClassVar = LineQuerySet.as_manager()

    class Meta:
        ordering = ["number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["printer_list", "number"], name="printer_list_line_once")
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.what}"


def without_address(edition: str) -> models.QuerySet[Any]:
    """Subscriptions that the paper comes with, whose readers have not said where to."""
    return printed_subscriptions(edition).filter(print_delivery=None)


def _lines(issued: PrinterList, before: PrinterList | None) -> Iterator[PrinterListLine]:
    What = PrinterListLine.What
    closes = start_of(issued.closing_on, issued.zone)
    ending = Cancellation.objects.active().filter(subscription__term_ends_at__lte=closes)
    current = printed_subscriptions(issued.edition).exclude(pk__in=ending.values("subscription"))
    rows = PrintDelivery.objects.filter(subscription__in=current).select_related("subscription")
    last = {line.number: line for line in before.lines.exclude(what=What.ENDED)} if before else {}
    for row in rows.prefetch_related("holds"):
        old = last.pop(row.subscription.number, None)
        if row.is_held_on(issued.closing_on):
            what = What.HELD
        elif old is None:
            what = What.NEW
        elif not row.same_as(old.address):
            what = What.CHANGED
        else:
            what = What.BACK if old.what == What.HELD else What.SAME
        yield _line(issued, row.subscription.number, row.subscription.person_id, what, row.address)
    for number, line in last.items():
        yield _line(issued, number, line.person_id, What.ENDED, line.address)


def _line(
    issued: PrinterList, number: str, person_id: int | None, what: str, address: dict[str, str]
) -> PrinterListLine:
    return PrinterListLine(printer_list=issued, number=number, person_id=person_id, what=what, **address)


def forget_on_lists(person: Person) -> None:
    """Empties what lists say of a reader whose account is erased; the number and what happened stay."""
    nothing = dict.fromkeys(FIELDS, "")
    PrinterListLine.objects.filter(person=person).update(**nothing)
