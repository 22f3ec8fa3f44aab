from math import inf

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from broadsheet.editorial.models import Publication
from broadsheet.platform import kept
from broadsheet.platform.invalidation import known
from broadsheet.platform.kept import Kept, KeptByKey, edited
from broadsheet.platform.models import Invalidation
from tests.magazine import Magazine


def rename(name: str) -> None:
    publication = Publication.load()
    publication.name = name
    publication.save()


def name() -> str:
    return Publication.load().name


def test_what_is_kept_is_asked_for_once(magazine: Magazine):
    assert name() == "The Meridian"
    with CaptureQueriesContext(connection) as queries:
        assert name() == "The Meridian"
    assert not queries


def test_who_changes_a_copy_changes_nothing_for_others(magazine: Magazine):
    Publication.load().name = "The Almanac"
    assert name() == "The Meridian"


@pytest.mark.django_db(transaction=True)
def test_an_edit_is_seen_at_once_and_kept(magazine: Magazine):
    assert name() == "The Meridian"
    rename("The Almanac")
    assert name() == "The Almanac"
    with CaptureQueriesContext(connection) as queries:
        assert name() == "The Almanac"
    assert not queries


@pytest.mark.django_db(transaction=True)
def test_a_transaction_sees_its_own_edit_until_it_is_taken_back(magazine: Magazine):
    assert name() == "The Meridian"
    with transaction.atomic():
        rename("The Almanac")
        assert name() == "The Almanac"
        transaction.set_rollback(True)
    assert name() == "The Meridian"


def test_an_edit_that_is_taken_back_to_a_savepoint_is_forgotten(magazine: Magazine):
    assert name() == "The Meridian"
    with transaction.atomic():
        rename("The Almanac")
        transaction.set_rollback(True)
    assert name() == "The Meridian"
    rename("The Ledger")
    assert name() == "The Ledger"


def test_another_processs_edit_is_seen_at_the_next_look(magazine: Magazine, monkeypatch: pytest.MonkeyPatch):
    assert name() == "The Meridian"
    QuerySet(Publication).update(name="The Almanac")
    Invalidation.objects.create(tag=f"{kept.PREFIX}publication")
    assert name() == "The Meridian"
    monkeypatch.setattr(kept, "LOOK_EVERY", 0)
    assert name() == "The Almanac"


def test_what_nobody_was_told_of_is_seen_within_a_minute(magazine: Magazine, monkeypatch: pytest.MonkeyPatch):
    assert name() == "The Meridian"
    QuerySet(Publication).update(name="The Almanac")
    assert name() == "The Meridian"
    monkeypatch.setattr(kept, "LONGEST", 0)
    assert name() == "The Almanac"


@pytest.mark.django_db(transaction=True)
def test_what_is_edited_while_it_is_read_is_read_again():
    values = iter(["old", "new"])

    def read() -> str:
        value = next(values)
        if value == "old":
            edited("weather")
        return value

    weather = Kept(read, "weather")
    assert weather() == "old"
    assert weather() == "new"
    assert weather() == "new"


def test_of_many_things_those_asked_for_last_are_kept(db: None):
    shelf = KeptByKey[int, str]("shelf", most=2)
    asked: list[int] = []

    def take(number: int) -> str | None:
        def read() -> str | None:
            asked.append(number)
            return f"number {number}" if number else None

        return shelf.get(number, read)

    assert [take(1), take(2), take(1), take(3), take(1), take(2)] == [
        "number 1",
        "number 2",
        "number 1",
        "number 3",
        "number 1",
        "number 2",
    ]
    assert asked == [1, 2, 3, 2]
    # What there isn't takes nobody's place.
    assert take(0) is None
    assert take(0) is None
    assert asked[-2:] == [0, 0]
    assert take(1)
    assert asked[-1] == 0


def test_the_look_for_others_edits_is_one_query_and_not_for_each_value(
    magazine: Magazine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(kept, "LOOK_EVERY", 60)
    assert name() == "The Meridian"
    known.asked_at = -inf
    with CaptureQueriesContext(connection) as queries:
        assert [name(), name()] == ["The Meridian"] * 2
    assert len(queries) == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_only_those_that_are_not_kept_are_read():
    squares = KeptByKey[int, int]("squares", most=3)
    asked = []

    def read(keys: list[int]) -> dict[int, int]:
        asked.append(keys)
        return {key: key * key for key in keys if key != 4}

    assert squares.get_all([1, 2], read) == {1: 1, 2: 4}
    assert squares.get_all([2, 4, 3], read) == {2: 4, 3: 9}
    assert asked == [[1, 2], [4, 3]]
    assert squares.get_all([1, 2, 3], read) == {1: 1, 2: 4, 3: 9}
    assert len(asked) == 2
    squares.get_all([5], read)
    squares.get_all([1], read)
    assert asked[2:] == [[5], [1]], "no more than three are kept"
    edited("squares")
    assert squares.get_all([5], read) == {5: 25}
    assert asked[-1] == [5]
