from datetime import timedelta

import pytest

from broadsheet.house import clock
from broadsheet.house.models import Lease

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def test_one_holder_at_a_time() -> None:
    assert Lease.objects.hold("rota", "berlin", MINUTE)
    assert not Lease.objects.hold("rota", "lisbon", MINUTE)


def test_a_holder_may_renew() -> None:
    Lease.objects.hold("rota", "berlin", MINUTE)

    assert Lease.objects.hold("rota", "berlin", 5 * MINUTE)
    assert Lease.objects.get(name="rota").expires_at > clock.now() + 4 * MINUTE


def test_the_lease_of_a_holder_who_died_passes_on_when_it_expires() -> None:
    Lease.objects.hold("rota", "berlin", MINUTE)

    with clock.moved_to(clock.now() + 2 * MINUTE):
        assert Lease.objects.hold("rota", "lisbon", MINUTE)
    assert Lease.objects.get(name="rota").holder == "lisbon"


def test_a_released_lease_is_free_at_once() -> None:
    Lease.objects.hold("rota", "berlin", MINUTE)
    Lease.objects.release("rota", "berlin")

    assert Lease.objects.hold("rota", "lisbon", MINUTE)


def test_nobody_releases_another_holders_lease() -> None:
    Lease.objects.hold("rota", "berlin", MINUTE)
    Lease.objects.release("rota", "lisbon")

    assert not Lease.objects.hold("rota", "lisbon", MINUTE)


def test_a_turn_comes_once_whoever_asks() -> None:
    assert Lease.objects.take_turn("tidy", "berlin", timedelta(days=1))
    assert not Lease.objects.take_turn("tidy", "berlin", timedelta(days=1))
    assert not Lease.objects.take_turn("tidy", "lisbon", timedelta(days=1))

    with clock.moved_to(clock.now() + timedelta(days=1, seconds=1)):
        assert Lease.objects.take_turn("tidy", "lisbon", timedelta(days=1))


def test_leases_do_not_know_each_other() -> None:
    assert Lease.objects.hold("rota", "berlin", MINUTE)
    assert Lease.objects.hold("post", "lisbon", MINUTE)
