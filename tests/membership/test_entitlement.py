from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError

from broadsheet.membership.models import Entitlement
from broadsheet.people.models import Person
from broadsheet.platform import clock

START = datetime(2026, 5, 1, tzinfo=UTC)
END = datetime(2026, 6, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def entitlement(ada: Person) -> Entitlement:
    return Entitlement.objects.create(person=ada, starts_at=START, ends_at=END, reason="A prize")


@pytest.mark.parametrize(
    ("at", "is_live"), [(START - SECOND, False), (START, True), (END - SECOND, True), (END, False)]
)
def test_it_is_live_from_its_first_second_and_not_at_its_last(
    entitlement: Entitlement, at: datetime, is_live: bool
) -> None:
    assert Entitlement.objects.live(at).exists() == is_live


def test_unless_told_it_is_asked_of_the_clock(entitlement: Entitlement) -> None:
    with clock.moved_to(START + SECOND):
        assert Entitlement.objects.live().exists()
    with clock.moved_to(END + SECOND):
        assert not Entitlement.objects.live().exists()


def test_the_database_refuses_an_end_before_the_start(ada: Person) -> None:
    with pytest.raises(IntegrityError):
        Entitlement.objects.create(person=ada, starts_at=END, ends_at=START, reason="A slip")


def test_an_erased_reader_leaves_none(entitlement: Entitlement, ada: Person) -> None:
    ada.erase()
    assert not Entitlement.objects.exists()
