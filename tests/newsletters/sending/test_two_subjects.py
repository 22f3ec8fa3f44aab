"""Two subjects on a sample: the one of which more was pressed goes to everyone else."""

from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.newsletters.models import Clicks, Issue, Link, Variant
from broadsheet.newsletters.sending.freezing import TESTING, freeze, hand_over, variant_of
from broadsheet.newsletters.sending.subjects import choose_subject
from broadsheet.platform import clock
from tests.magazine import Magazine
from tests.newsletters.issues import TUESDAY, at_night, make_issue, make_newsletter, sign_up

pytestmark = pytest.mark.django_db

MORNING = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.fixture
def tried(magazine: Magazine) -> Issue:
    briefing = make_newsletter()
    for number in range(30):
        sign_up(briefing, f"reader{number}@reader.example", "Asia/Tokyo" if number % 3 == 0 else "")
    issue = make_issue(briefing, "harbour", subject="Boats", subject_b="Ships", sample_percent=40)
    with at_night():
        issue.approve()
        freeze(issue)
        hand_over(issue)
    issue.refresh_from_db()
    return issue


def press(issue: Issue, variant: str, people: int, machines: int = 0) -> None:
    link, _new = Link.objects.get_or_create(issue=issue, number=1, defaults={"url": "https://x.example/"})
    Clicks.objects.create(link=link, day=TUESDAY, variant=variant, by_people=people, by_machines=machines)


def subjects(issue: Issue) -> dict[str, int]:
    found: dict[str, int] = {}
    for recipient in issue.send.recipients.select_related("batch__cohort"):
        message = bytes(recipient.batch.cohort.message)
        subject = "Boats" if b"Boats" in message else "Ships"
        found[subject] = found.get(subject, 0) + 1
    return found


def test_the_sample_gets_both_and_the_rest_waits_for_the_choice(tried: Issue) -> None:
    send = tried.send
    assert send.recipients.count() == 30
    first = min(send.batches.values_list("due_at", flat=True))
    for cohort in tried.cohorts.all():
        if not cohort.variant:
            assert cohort.due_at >= first + TESTING
    assert {cohort.variant for cohort in tried.cohorts.all()} == {"", "a", "b"}
    with clock.moved_to(first + TESTING - timedelta(minutes=1)):
        assert not choose_subject(tried)


@pytest.mark.parametrize(("a", "b", "winner"), [(1, 500, "b"), (500, 1, "a"), (0, 0, "a")])
def test_the_one_that_more_people_pressed_goes_to_the_rest(tried: Issue, a: int, b: int, winner: str) -> None:
    press(tried, Variant.A, a, machines=9_000)
    press(tried, Variant.B, b)
    before = subjects(tried)
    with clock.moved_to(MORNING + TESTING):
        assert choose_subject(tried)
        assert not choose_subject(tried), "once"
    tried.refresh_from_db()
    assert tried.winner == winner
    sample_b = sum(cohort.readers for cohort in tried.cohorts.filter(variant="b"))
    assert before == {"Boats": 30 - sample_b, "Ships": sample_b}
    sample_a = sum(cohort.readers for cohort in tried.cohorts.filter(variant="a"))
    assert subjects(tried) == ({"Boats": sample_a, "Ships": 30 - sample_a} if winner == "b" else before)


def test_a_reader_is_in_the_same_part_each_time_and_by_chance_between_issues() -> None:
    parts = [variant_of(7, number, 50) for number in range(4_000)]
    assert parts == [variant_of(7, number, 50) for number in range(4_000)]
    assert parts != [variant_of(8, number, 50) for number in range(4_000)]
    for part, share in (("", 0.5), ("a", 0.25), ("b", 0.25)):
        assert abs(parts.count(part) / len(parts) - share) < 0.05
