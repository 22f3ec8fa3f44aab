from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.db import models
from django.db.models import Q

from broadsheet.platform import clock


class LeaseManager(models.Manager["Lease"]):
    def hold(self, name: str, holder: str, lasts: timedelta) -> bool:
        """Whether `holder` has the lease now, for `lasts` from this moment. Asking again renews it."""
        return self._claim(name, holder, lasts, Q(holder=holder))

    def take_turn(self, name: str, holder: str, lasts: timedelta) -> bool:
        """Whether this is the one time in `lasts` that anybody gets it."""
        return self._claim(name, holder, lasts, Q())

    def _claim(self, name: str, holder: str, lasts: timedelta, mine: Q) -> bool:
        now = clock.now()
        self.bulk_create([Lease(name=name, holder="", expires_at=now)], ignore_conflicts=True)
        free = Q(expires_at__lte=now) | mine if mine else Q(expires_at__lte=now)
        # One conditional update decides, in the database, between all hosts that ask at once.
        claimed = self.filter(free, name=name).update(holder=holder, expires_at=now + lasts)
        return claimed == 1

    @contextmanager
    def turn(self, name: str, holder: str, lasts: timedelta) -> Iterator[bool]:
        """Whether it is `holder`'s turn. It ends with the block, and after `lasts` if the process dies."""
        is_theirs = self.take_turn(name, holder, lasts)
        try:
            yield is_theirs
        finally:
            if is_theirs:
                self.release(name, holder)

    def release(self, name: str, holder: str) -> None:
        self.filter(name=name, holder=holder).update(expires_at=clock.now())


class Lease(models.Model):
    """Work that one process of all hosts does at a time. Who dies holding it loses it when it expires."""

    name = models.CharField(max_length=60, primary_key=True)
    holder = models.CharField(max_length=120, blank=True)
    expires_at = models.DateTimeField()

    objects = LeaseManager()

    def __str__(self) -> str:
        return f"{self.name}: {self.holder}"


class Invalidation(models.Model):
    """That what was made of a tag is out of date; every process looks: see `platform.invalidation`."""

    tag = models.CharField(max_length=200)
    at_once = models.BooleanField(default=False)
    at = models.DateTimeField(default=clock.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.tag}, {self.at:%Y-%m-%d %H:%M:%S}"


class LimitWindowManager(models.Manager["LimitWindow"]):
    def locked(self, key: str) -> "LimitWindow":
        """The window of `key`, which nobody else changes before this transaction ends."""
        while True:
            self.bulk_create([LimitWindow(key=key, until=clock.now())], ignore_conflicts=True)
            # A sweep may have come between the two.
            if window := self.select_for_update().filter(key=key).first():
                return window

    def sweep(self) -> None:
        self.filter(until__lt=clock.now()).delete()


class LimitWindow(models.Model):
    """When something was done whose rate is limited, where Redis doesn't count it: see `limiting`."""

    key = models.CharField(max_length=200, primary_key=True)
    moments = models.JSONField(default=list)
    """Unix times, the oldest first; never more than the limit."""
    until = models.DateTimeField(db_index=True)
    """When the last of them counts no more."""

    objects = LimitWindowManager()

    def __str__(self) -> str:
        return f"{self.key}: {len(self.moments)}"

    def keep(self, moments: list[float], *, until: float) -> None:
        self.moments, self.until = moments, datetime.fromtimestamp(until, UTC)
        self.save(update_fields=["moments", "until"])
