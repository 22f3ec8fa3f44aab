"""Gift links as rows: how many a giver has, how often each opens, and when it ends."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from django.db import IntegrityError

from broadsheet.editorial.models import Publication
from broadsheet.membership.models import Actor, Gift, Plan, Price, Subscription
from broadsheet.paywall.models import Ending, GiftLink, Meter, NoGiftLeftError
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.processes.scheduler import sweep
from tests.cast import introduce
from tests.parallel import at_once

NOVEMBER = datetime(2026, 11, 12, 9, tzinfo=UTC)
ARTICLES = [UUID(int=n) for n in range(1, 30)]


@pytest.fixture(autouse=True)
def _in_november():
    with clock.moved_to(NOVEMBER):
        yield


def allow(**numbers: int) -> None:
    meter = Meter.load()
    for name, number in numbers.items():
        setattr(meter, name, number)
    meter.save()


def give(giver: Person, article: UUID = ARTICLES[0]) -> GiftLink:
    return GiftLink.objects.give(giver, article)


# --- Giving ----------------------------------------------------------------------------------------


def test_a_link_bears_the_terms_it_was_made_under(bruno: Person) -> None:
    allow(gift_opens=3, gift_days=7)
    link = give(bruno)
    allow(gift_opens=9, gift_days=30)
    link.refresh_from_db()
    assert (link.opens, link.opens_allowed) == (0, 3)
    assert link.expires_at - link.created_at == timedelta(days=7)


def test_a_token_is_long_its_own_and_fits_an_address(bruno: Person) -> None:
    tokens = {give(bruno, article).token for article in ARTICLES[:10]}
    assert len(tokens) == 10
    # 24 bytes: nobody finds one by trying.
    assert all(len(token) == 32 and token.replace("-", "").replace("_", "").isalnum() for token in tokens)


def test_a_month_has_so_many_and_no_more(bruno: Person) -> None:
    allow(gift_links=2)
    assert GiftLink.objects.left(bruno) == 2
    for article in ARTICLES[:2]:
        give(bruno, article)
    with pytest.raises(NoGiftLeftError):
        give(bruno, ARTICLES[2])
    assert GiftLink.objects.left(bruno) == 0
    assert GiftLink.objects.count() == 2


def test_one_givers_links_are_not_anothers(bruno: Person, ada: Person) -> None:
    allow(gift_links=1)
    give(bruno)
    assert GiftLink.objects.left(ada) == 1
    assert give(ada).token != give(bruno).token


def test_giving_an_article_again_returns_the_live_link_and_counts_nothing(bruno: Person) -> None:
    allow(gift_links=1)
    assert give(bruno) == give(bruno)
    assert GiftLink.objects.count() == 1


def test_an_article_whose_link_is_used_up_is_given_anew(bruno: Person) -> None:
    allow(gift_opens=1)
    first = give(bruno)
    first.open()
    assert give(bruno) != first
    assert GiftLink.objects.left(bruno) == 8


def test_a_lowered_number_takes_nothing_back_and_leaves_nothing(bruno: Person) -> None:
    for article in ARTICLES[:3]:
        give(bruno, article)
    allow(gift_links=2)
    assert GiftLink.objects.left(bruno) == 0
    assert GiftLink.objects.live().count() == 3


@pytest.mark.parametrize(
    ("zone", "at", "left"),
    [
        ("UTC", datetime(2026, 11, 30, 23, 59, 58, tzinfo=UTC), 9),
        ("UTC", datetime(2026, 12, 1, tzinfo=UTC), 10),
        ("America/New_York", datetime(2026, 12, 1, 4, 59, 58, tzinfo=UTC), 9),
        ("America/New_York", datetime(2026, 12, 1, 5, tzinfo=UTC), 10),
        ("Pacific/Auckland", datetime(2026, 11, 30, 11, tzinfo=UTC), 10),
    ],
)
def test_the_number_is_new_with_the_month_of_the_publications_zone(
    bruno: Person, zone: str, at: datetime, left: int
) -> None:
    publication = Publication.load()
    publication.time_zone = zone
    publication.save()
    give(bruno)
    with clock.stopped_at(at):
        assert GiftLink.objects.left(bruno) == left


def test_a_link_taken_back_unopened_is_given_back(bruno: Person) -> None:
    give(bruno).revoke()
    assert GiftLink.objects.left(bruno) == 10


def test_a_link_taken_back_after_it_was_opened_stays_counted(bruno: Person) -> None:
    link = give(bruno)
    assert link.open()
    link.revoke()
    assert GiftLink.objects.left(bruno) == 9


def test_a_plan_may_give_its_subscribers_another_number(ada: Person, yearly: Price) -> None:
    Plan.objects.update(gift_links=40)
    Subscription.objects.begin(ada, yearly, Actor.reader(ada), provider="till")
    assert GiftLink.objects.left(ada) == 40


def test_a_plan_gives_nothing_where_nobody_may_give(ada: Person, yearly: Price) -> None:
    Plan.objects.update(gift_links=40)
    meter = Meter.load()
    meter.gift_links = 0
    meter.save()
    Subscription.objects.begin(ada, yearly, Actor.reader(ada), provider="till")
    assert GiftLink.objects.left(ada) == 0


def test_an_erased_giver_leaves_no_links(bruno: Person) -> None:
    give(bruno)
    bruno.erase()
    assert not GiftLink.objects.exists()


# --- Opening ---------------------------------------------------------------------------------------


def test_it_opens_as_often_as_it_may(bruno: Person) -> None:
    allow(gift_opens=2)
    link = give(bruno)
    assert [link.open() for _ in range(3)] == [True, True, False]
    link.refresh_from_db()
    assert (link.opens, link.ending) == (2, Ending.USED_UP)


def test_it_expires_to_the_second(bruno: Person) -> None:
    link = give(bruno)
    with clock.stopped_at(link.expires_at - timedelta(seconds=2)):
        assert link.open()
    with clock.moved_to(link.expires_at):
        assert not link.open()
        assert link.ending == Ending.EXPIRED


def test_taken_back_it_opens_to_nobody(bruno: Person) -> None:
    link = give(bruno)
    stale = GiftLink.objects.get()
    link.revoke()
    assert link.ending == Ending.REVOKED
    assert not stale.open()


def test_taking_it_back_twice_keeps_the_first_moment(bruno: Person) -> None:
    link = give(bruno)
    link.revoke()
    first = link.revoked_at
    link.revoke()
    assert link.revoked_at == first


def test_the_same_press_sent_twice_counts_once_even_as_the_last(bruno: Person) -> None:
    allow(gift_opens=1)
    link = give(bruno)
    assert link.open("one-form")
    assert link.open("one-form")
    assert not link.open("another-form")
    link.refresh_from_db()
    assert link.opens == 1


def test_a_press_that_opened_nothing_opens_nothing_when_sent_again(bruno: Person) -> None:
    allow(gift_opens=1)
    link = give(bruno)
    link.open("one-form")
    assert [link.open("late-form"), link.open("late-form")] == [False, False]


def test_presses_without_a_name_are_never_the_same(bruno: Person) -> None:
    link = give(bruno)
    link.open()
    link.open()
    link.refresh_from_db()
    assert link.opens == 2


def test_a_repeated_press_opens_nothing_once_the_link_has_expired(bruno: Person) -> None:
    link = give(bruno)
    link.open("one-form")
    with clock.moved_to(link.expires_at):
        assert not link.open("one-form")


def test_a_name_too_long_for_its_column_is_cut(bruno: Person) -> None:
    link = give(bruno)
    assert link.open("x" * 5000)
    assert link.open("x" * 5000)
    link.refresh_from_db()
    assert link.opens == 1


def test_the_database_itself_lets_none_be_opened_beyond_its_limit(bruno: Person) -> None:
    link = give(bruno)
    with pytest.raises(IntegrityError):
        GiftLink.objects.filter(pk=link.pk).update(opens=link.opens_allowed + 1)


# --- At the same time ------------------------------------------------------------------------------


def in_november_at_once[T](*calls: Callable[[], T]) -> list[T]:
    """`at_once`, in threads whose clocks are moved as this one's is."""

    def moved(call: Callable[[], T]) -> T:
        with clock.moved_to(NOVEMBER):
            return call()

    return at_once(*[partial(moved, call) for call in calls])


def press(link: GiftLink, name: str) -> bool:
    return GiftLink.objects.get(pk=link.pk).open(name)


def try_to_give(giver: Person, article: UUID) -> bool:
    try:
        give(giver, article)
    except NoGiftLeftError:
        return False
    return True


@pytest.mark.django_db(transaction=True)
def test_many_at_once_before_the_last_open_open_it_to_one() -> None:
    bruno = introduce("Bruno Keller", "bruno@reader.example")
    allow(gift_opens=3)
    link = give(bruno)
    link.open()
    link.open()
    found = in_november_at_once(*[partial(press, link, f"form-{n}") for n in range(8)])
    assert sorted(found) == [False] * 7 + [True]
    link.refresh_from_db()
    assert link.opens == 3


@pytest.mark.django_db(transaction=True)
def test_a_double_click_at_once_counts_once_and_opens_both_times() -> None:
    bruno = introduce("Bruno Keller", "bruno@reader.example")
    allow(gift_opens=1)
    link = give(bruno)
    assert in_november_at_once(*[partial(press, link, "one-form")] * 4) == [True] * 4
    link.refresh_from_db()
    assert link.opens == 1


@pytest.mark.django_db(transaction=True)
def test_many_articles_given_at_once_are_no_more_than_are_left() -> None:
    bruno = introduce("Bruno Keller", "bruno@reader.example")
    allow(gift_links=2)
    found = in_november_at_once(*[partial(try_to_give, bruno, article) for article in ARTICLES[:6]])
    assert found.count(True) == 2
    assert GiftLink.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_article_given_at_once_is_one_link() -> None:
    bruno = introduce("Bruno Keller", "bruno@reader.example")
    allow(gift_links=1)
    assert in_november_at_once(*[partial(try_to_give, bruno, ARTICLES[0])] * 6) == [True] * 6
    assert GiftLink.objects.count() == 1


# --- What is kept ----------------------------------------------------------------------------------


def test_what_ended_a_quarter_of_a_year_ago_is_forgotten(bruno: Person) -> None:
    expired, revoked, live = (give(bruno, article) for article in ARTICLES[:3])
    GiftLink.objects.filter(pk=revoked.pk).update(expires_at=NOVEMBER + timedelta(days=366))
    revoked.revoke()
    GiftLink.objects.filter(pk=live.pk).update(expires_at=NOVEMBER + timedelta(days=366))
    with clock.moved_to(NOVEMBER + timedelta(days=89)):
        sweep()
        assert GiftLink.objects.count() == 3
    with clock.moved_to(NOVEMBER + timedelta(days=91)):
        sweep()
        assert set(GiftLink.objects.all()) == {expired, live}
    with clock.moved_to(expired.expires_at + timedelta(days=91)):
        sweep()
        assert list(GiftLink.objects.all()) == [live]


def test_so_may_the_plan_of_a_gift(ada: Person, yearly: Price) -> None:
    Plan.objects.update(gift_links=40)
    days = {"deliver_at": NOVEMBER, "expires_at": NOVEMBER + timedelta(days=700)}
    gift = Gift.objects.create(price=yearly, recipient_name="Ada", recipient_email=ada.email, **days)
    assert GiftLink.objects.allowed(ada) == Meter.load().gift_links
    gift.redeem(ada)
    assert GiftLink.objects.allowed(ada) == 40
