"""Sums of newsletters and issues."""

from datetime import UTC, date, datetime, timedelta

import pytest

from broadsheet.newsletters import numbers
from broadsheet.newsletters.models import Clicks, Newsletter, SignUp
from broadsheet.platform import clock
from tests.magazine import Magazine
from tests.newsletters.issues import make_issue, make_newsletter, sign_up

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
"""A Wednesday."""


@pytest.fixture
def briefing(magazine: Magazine) -> Newsletter:
    return make_newsletter()


def at(days: int) -> datetime:
    return NOW - timedelta(days=days)


def left(newsletter: Newsletter, name: str, days: int, **fields: object) -> SignUp:
    given = {"state": "left", "left_at": at(days), "leaving": "one_click", "confirmed_at": at(60)}
    return sign_up(newsletter, f"{name}@reader.example", **(given | fields))


def test_growth_is_told_by_week(briefing: Newsletter) -> None:
    sign_up(briefing, "a@reader.example", confirmed_at=at(100))
    sign_up(briefing, "b@reader.example", confirmed_at=at(9))
    sign_up(briefing, "c@reader.example", confirmed_at=at(1))
    left(briefing, "d", 8)
    sign_up(briefing, "e@reader.example", state="pending", confirmed_at=None)
    with clock.moved_to(NOW):
        weeks = numbers.growth(briefing, weeks=3)
    assert [(week.begins, week.joined, week.left, week.readers) for week in weeks] == [
        (date(2026, 2, 16), 0, 0, 2),
        (date(2026, 2, 23), 1, 1, 2),
        (date(2026, 3, 2), 1, 0, 3),
    ]


def test_a_week_begins_where_the_edition_is(briefing: Newsletter) -> None:
    monday_in_utc = datetime(2026, 3, 2, 3, tzinfo=UTC)
    sign_up(briefing, confirmed_at=monday_in_utc)
    with clock.moved_to(NOW):
        weeks = numbers.growth(briefing, weeks=2)
    assert [week.joined for week in weeks] == [1, 0]


def test_sign_ups_and_leavers_are_counted_by_what_they_said(briefing: Newsletter) -> None:
    for name, place in (("a", "article"), ("b", "article"), ("c", "wall")):
        sign_up(briefing, f"{name}@reader.example", place=place)
    left(briefing, "d", 2, reason="too_often", words="Once a week would do.")
    left(briefing, "e", 1)
    assert [count for _label, count in numbers.sign_ups_by_place(briefing)] == [2, 1]
    assert [count for _label, count in numbers.leavers_by_way(briefing)] == [2]
    assert [count for _label, count in numbers.leavers_by_reason(briefing)] == [1]
    assert numbers.words_of_leavers(briefing) == ["Once a week would do."]


def test_clicks_are_summed_by_link_and_by_day(briefing: Newsletter) -> None:
    issue = make_issue(briefing, "harbour")
    first = issue.links.create(number=1, url="https://a.example/", text="A")
    second = issue.links.create(number=2, url="https://b.example/", text="B")
    issue.links.create(number=3, url="https://c.example/")
    for link, day, variant, people, machines in (
        (first, 2, "a", 3, 9),
        (second, 2, "b", 4, 0),
        (second, 4, "b", 4, 1),
    ):
        Clicks.objects.create(
            link=link, day=date(2026, 3, day), variant=variant, by_people=people, by_machines=machines
        )
    found = numbers.clicks_by_link(issue)
    assert [(one.text, one.people, one.machines) for one in found] == [
        ("B", 8, 1),
        ("A", 3, 9),
        ("https://c.example/", 0, 0),
    ]
    assert [(day.day, people, machines) for day, people, machines in numbers.clicks_by_day(issue)] == [
        (2, 7, 9),
        (3, 0, 0),
        (4, 4, 1),
    ]
    assert numbers.clicks_by_variant(issue) == {"a": 3, "b": 8}
    assert numbers.clicks_of([issue]) == {issue.pk: 11}


def test_leavers_after_an_issue_are_those_of_its_days(briefing: Newsletter) -> None:
    issue = make_issue(briefing, "harbour")
    assert numbers.leavers_after(issue) == 0
    issue.cohorts.create(due_at=at(5), readers=2)
    left(briefing, "a", 4)
    left(briefing, "b", 1)
    left(briefing, "c", 6)
    assert numbers.leavers_after(issue) == 1
