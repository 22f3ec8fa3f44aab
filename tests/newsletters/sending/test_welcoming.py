"""The series for new readers: each letter once, on its day."""

from datetime import timedelta

import pytest

from broadsheet.delivery.models import Recipient
from broadsheet.newsletters.models import Issue, Newsletter, SignUp
from broadsheet.newsletters.sending.welcoming import welcome
from broadsheet.platform import clock
from tests.magazine import Magazine
from tests.newsletters.issues import NIGHT, make_newsletter, sign_up

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BODY = [{"type": "text", "value": "<p>Welcome.</p>"}]


@pytest.fixture
def briefing(magazine: Magazine) -> Newsletter:
    newsletter = make_newsletter()
    for day in (0, 3):
        letter = Issue.objects.create(
            newsletter=newsletter, kind="welcome", welcome_day=day, subject=f"Day {day}", body=BODY
        )
        letter.approve()
    return newsletter


def sent_on(days: float) -> int:
    with clock.moved_to(NIGHT + days * DAY):
        return welcome(clock.now())


def test_each_letter_comes_on_its_day_and_once(briefing: Newsletter) -> None:
    sign_up(briefing, confirmed_at=NIGHT)
    assert [sent_on(days) for days in (0, 0.01, 1, 2.9, 3.1, 3.2, 10)] == [1, 0, 0, 0, 1, 0, 0]
    assert list(Recipient.objects.order_by("pk").values_list("send__subject", flat=True)) == [
        "Day 0",
        "Day 3",
    ]


def test_who_leaves_and_comes_back_is_not_welcomed_again(briefing: Newsletter) -> None:
    ada = sign_up(briefing, confirmed_at=NIGHT)
    sent_on(0)
    SignUp.objects.filter(pk=ada.pk).update(confirmed_at=NIGHT + DAY)
    assert sent_on(1) == 0


def test_readers_from_before_the_series_get_none_of_it(briefing: Newsletter) -> None:
    sign_up(briefing, confirmed_at=NIGHT - 90 * DAY)
    assert sent_on(0) == 0


def test_a_letter_that_is_held_or_a_draft_goes_to_nobody(briefing: Newsletter) -> None:
    sign_up(briefing, confirmed_at=NIGHT)
    briefing.issues.get(welcome_day=0).hold()
    briefing.issues.get(welcome_day=3).take_back()
    assert [sent_on(days) for days in (0, 3)] == [0, 0]
