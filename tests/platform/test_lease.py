from datetime import timedelta

import pytest

from broadsheet.platform import clock
from broadsheet.platform.models import Lease

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def test_one_holder_at_a_time() -> None:
    assert Lease.objects.hold("scheduler", "berlin", MINUTE)
    assert not Lease.objects.hold("scheduler", "lisbon", MINUTE)


def test_a_holder_may_renew() -> None:
    Lease.objects.hold("scheduler", "berlin", MINUTE)

    assert Lease.objects.hold("scheduler", "berlin", 5 * MINUTE)
    assert Lease.objects.get(name="scheduler").expires_at > clock.now() + 4 * MINUTE


def test_the_lease_of_a_holder_who_died_passes_on_when_it_expires() -> None:
    Lease.objects.hold("scheduler", "berlin", MINUTE)

    with clock.moved_to(clock.now() + 2 * MINUTE):
        assert Lease.objects.hold("scheduler", "lisbon", MINUTE)
    assert Lease.objects.get(name="scheduler").holder == "lisbon"


def test_a_released_lease_is_free_at_once() -> None:
    Lease.objects.hold("scheduler", "berlin", MINUTE)
    Lease.objects.release("scheduler", "berlin")

    assert Lease.objects.hold("scheduler", "lisbon", MINUTE)


def test_nobody_releases_another_holders_lease() -> None:
    Lease.objects.hold("scheduler", "berlin", MINUTE)
    Lease.objects.release("scheduler", "lisbon")

    assert not Lease.objects.hold("scheduler", "lisbon", MINUTE)


def test_a_turn_comes_once_whoever_asks() -> None:
    assert Lease.objects.take_turn("cleanup", "berlin", timedelta(days=1))
    assert not Lease.objects.take_turn("cleanup", "berlin", timedelta(days=1))
    assert not Lease.objects.take_turn("cleanup", "lisbon", timedelta(days=1))

    with clock.moved_to(clock.now() + timedelta(days=1, seconds=1)):
        assert Lease.objects.take_turn("cleanup", "lisbon", timedelta(days=1))


def test_leases_do_not_know_each_other() -> None:
    assert Lease.objects.hold("scheduler", "berlin", MINUTE)
    assert Lease.objects.hold("post", "lisbon", MINUTE)
