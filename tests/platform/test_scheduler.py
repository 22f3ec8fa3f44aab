from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command

from broadsheet.platform import clock
from broadsheet.platform.models import Lease
from broadsheet.platform.processes import scheduler
from broadsheet.platform.signals import minute_passed

pytestmark = pytest.mark.django_db


@pytest.fixture
def minutes() -> Iterator[list[datetime]]:
    """Every moment at which a minute was announced."""
    seen: list[datetime] = []

    def note(at: datetime, **kwargs: object) -> None:
        seen.append(at)

    minute_passed.connect(note)
    yield seen
    minute_passed.disconnect(note)


def test_a_sweep_announces_the_minute(minutes: list[datetime]) -> None:
    call_command("sweep")

    assert len(minutes) == 1
    assert abs(minutes[0] - clock.now()) < timedelta(seconds=10)


def test_what_fails_in_one_room_stops_no_other(minutes: list[datetime]) -> None:
    def fail(**kwargs: object) -> None:
        raise RuntimeError("the press has jammed")

    minute_passed.connect(fail)
    try:
        call_command("sweep")
    finally:
        minute_passed.disconnect(fail)

    assert len(minutes) == 1


def test_only_the_host_with_the_lease_sweeps(minutes: list[datetime]) -> None:
    Lease.objects.hold("scheduler", "another host", timedelta(minutes=2))
    scheduler.keep(is_stopped=lambda: True)

    assert minutes == []


def test_who_stops_gives_the_lease_back(minutes: list[datetime]) -> None:
    scheduler.keep(is_stopped=lambda: True)

    assert len(minutes) == 1
    assert Lease.objects.hold("scheduler", "another host", timedelta(minutes=2))


def test_expired_sessions_go_once_a_day() -> None:
    def leave_session(key: str) -> None:
        Session.objects.create(session_key=key, expire_date=clock.now() - timedelta(days=1))

    leave_session("yesterday")
    call_command("sweep")
    assert not Session.objects.filter(session_key="yesterday").exists()

    leave_session("left over")
    call_command("sweep")
    assert Session.objects.filter(session_key="left over").exists()
