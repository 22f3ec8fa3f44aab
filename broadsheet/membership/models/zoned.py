from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import models

from broadsheet.editorial.models.publication import TimeZoneField
from broadsheet.platform.days import day_of, later, name_of, start_of


class Zoned(models.Model):
    """What counts its days in the time zone of the edition it was bought in, wherever it is looked at.

    One rule holds for every page, letter and document: a term that ends, or a pause that is over, at a moment
    of the day D is said to last “until” D, and to renew or come back “on” D.
    """

    time_zone = TimeZoneField()

    class Meta:
        abstract = True

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def later(self, start: datetime, *, months: int = 0, days: int = 0) -> datetime:
        return later(start, self.zone, months=months, days=days)

    def on(self, moment: datetime) -> date:
        return day_of(moment, self.zone)

    def day(self, moment: datetime) -> str:
        """That of `moment`, as people are told it: “December 20, 2026”."""
        return name_of(moment, self.zone)

    def start_of(self, day: date) -> datetime:
        return start_of(day, self.zone)
