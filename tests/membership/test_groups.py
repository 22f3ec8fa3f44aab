"""Groups: seats that are offered, taken, passed on and taken back, and the right to read by them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from broadsheet.membership.errors import Refused
from broadsheet.membership.models import (
    CLOCK,
    Actor,
    Entitlement,
    Group,
    GroupDomain,
    Institution,
    Price,
    Seat,
    State,
    Subscription,
)
from broadsheet.membership.notice_kinds import GroupNotice, OwnerNotice
from broadsheet.membership.prices import replace_price
from broadsheet.membership.seats import bring_rights
from broadsheet.notices.models import Notice
from broadsheet.notices.posting import post_due
from broadsheet.people.account import everything_about, lost_with
from broadsheet.people.models import Person
from broadsheet.people.signals import accounts_merging
from broadsheet.platform import clock
from tests.cast import introduce
from tests.shop import days_pass, subscribe

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_noon():
    with clock.moved_to(NOON):
        yield


@pytest.fixture
def group(ada: Person, seat_price: Price) -> Group:
    """Ada's, with three seats."""
    return begin(ada, seat_price)


def begin(owner: Person, price: Price, seats: int = 3, **more: int) -> Group:
    return Group.objects.begin(
        owner, "The Harbour School", price, seats, Actor.reader(owner), provider="transfer", **more
    )


def seated(group: Group, email: str) -> Person:
    person = introduce("Seated Reader", email)
    group.accept(group.invite(email), person)
    return person


def reads(person: Person, at: datetime | None = None) -> bool:
    return Entitlement.objects.live(at).filter(person=person).exists()


def fresh(group: Group) -> Group:
    return Group.objects.get(pk=group.pk)


def test_an_owner_pays_for_the_seats_and_does_not_read_by_them(group: Group, ada: Person) -> None:
    assert group.subscription.money.minor == 9000
    assert not reads(ada)
    assert Subscription.objects.of(ada) is None


def test_an_owner_can_have_a_subscription_of_their_own(group: Group, ada: Person, yearly: Price) -> None:
    own = subscribe(ada, yearly)
    assert Subscription.objects.of(ada) == own


def test_whoever_takes_a_seat_reads_for_as_long_as_the_group_lasts(group: Group) -> None:
    bea = introduce("Bea", "bea@school.example")
    seat = group.invite("Bea@School.example", name="Bea, 4b")
    assert not reads(bea)
    group.accept(seat, bea)
    right = Entitlement.objects.get(person=bea)
    assert right.ends_at == group.subscription.access_ends_at
    assert right not in Entitlement.objects.complimentary()
    group.subscription.end(CLOCK)
    assert not reads(bea)


def test_a_renewal_carries_all_seats_on(group: Group) -> None:
    people = [seated(group, f"{n}@school.example") for n in range(3)]
    with clock.moved_to(group.subscription.term_ends_at):
        group.subscription.renew(CLOCK)
        later = group.subscription.term_ends_at
        assert all(reads(person, later - timedelta(days=1)) for person in people)


def test_no_more_seats_are_given_than_were_bought(group: Group) -> None:
    for n in range(3):
        group.invite(f"{n}@school.example")
    with pytest.raises(Refused, match="All seats are given"):
        group.invite("one.too.many@school.example")


def test_the_database_holds_seats_to_what_was_bought(group: Group) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Group.objects.filter(pk=group.pk).update(taken=4)
    group.invite("bea@school.example")
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.create(group=group, email="bea@school.example")


def test_a_mailbox_has_one_seat_of_a_group(group: Group) -> None:
    group.invite("bea@school.example")
    with pytest.raises(Refused, match="already"):
        group.invite(" BEA@school.example")


def test_a_seat_that_is_taken_back_is_free_again_and_its_reader_is_told(group: Group) -> None:
    bea = seated(group, "bea@school.example")
    group.take_back(group.seat_rows.get())
    assert not reads(bea)
    assert fresh(group).free == 3
    assert Notice.objects.filter(kind=GroupNotice.TAKEN_BACK, person=bea).exists()
    group.invite("bea@school.example")


def test_an_invitation_in_vain_leaves_no_address(group: Group) -> None:
    seat = group.invite("bea@school.example")
    group.take_back(seat)
    assert not Seat.objects.exists()
    assert post_due(NOON) == 0 or not Notice.objects.filter(email="bea@school.example").exists()


def test_a_seat_is_passed_on_whole_or_not_at_all(group: Group) -> None:
    bea, seat = seated(group, "bea@school.example"), group.seat_rows.get()
    group.invite("cem@school.example")
    with pytest.raises(Refused):
        group.pass_on(seat, "cem@school.example")
    assert reads(bea)
    group.pass_on(Seat.objects.get(pk=seat.pk), "dora@school.example")
    assert not reads(bea)
    assert set(group.seat_rows.open().values_list("email", flat=True)) == {
        "cem@school.example",
        "dora@school.example",
    }


def test_a_link_is_taken_once(group: Group) -> None:
    seat = group.invite("bea@school.example")
    bea, cem = introduce("Bea", "bea@school.example"), introduce("Cem", "cem@home.example")
    group.accept(seat, bea)
    group.accept(seat, bea)
    with pytest.raises(Refused, match="used already"):
        group.accept(seat, cem)


def test_a_member_keeps_a_subscription_of_their_own(group: Group, yearly: Price) -> None:
    bea = introduce("Bea", "bea@school.example")
    own = subscribe(bea, yearly)
    group.accept(group.invite("bea@school.example"), bea)
    group.take_back(group.seat_rows.get())
    assert reads(bea)
    own.refresh_from_db()
    assert own.state == State.ACTIVE


def test_fewer_seats_come_with_the_next_term_and_bind_at_once(group: Group, ada: Person) -> None:
    by = Actor.reader(ada)
    for n in range(3):
        group.invite(f"{n}@school.example")
    with pytest.raises(Refused, match="Take back 1"):
        group.keep_seats(2, by)
    group.take_back(group.seat_rows.first())
    group.keep_seats(2, by)
    with pytest.raises(Refused):
        group.invite("more@school.example")
    assert group.subscription.next_charge.minor == 6000
    with clock.moved_to(group.subscription.term_ends_at):
        group.subscription.renew(CLOCK)
    group = fresh(group)
    assert (group.seats, group.next_seats, group.subscription.amount) == (2, None, 6000)
    assert group.subscription.term_amount == 6000


def test_more_seats_cost_the_days_that_are_left(group: Group, ada: Person) -> None:
    half = NOON + timedelta(days=182)
    with clock.moved_to(half):
        paid = group.cost_of_more(2)
        assert paid.minor == round(6000 * 183 / 365)
        group.add_seats(2, paid, Actor.reader(ada))
    assert fresh(group).seats == 5
    assert group.subscription.amount == 15000
    assert group.subscription.term_amount == 9000 + paid.minor


def test_a_group_with_one_price_stays_at_it(ada: Person, seat_price: Price) -> None:
    group = begin(ada, seat_price, amount=5000)
    with pytest.raises(Refused, match="Write to us"):
        group.keep_seats(2, Actor.reader(ada))
    with clock.moved_to(group.subscription.term_ends_at):
        group.subscription.renew(CLOCK)
        assert group.subscription.term_amount == 5000


def test_a_new_price_of_a_seat_counts_for_each(group: Group) -> None:
    end = group.subscription.term_ends_at
    replace_price(group.subscription.price, 3500, renewals_from=NOON + timedelta(days=40))
    days_pass(NOON + timedelta(days=300), 60)
    with clock.moved_to(end + timedelta(minutes=1)):
        subscription = Subscription.objects.get(pk=group.pk)
        assert subscription.next_charge.minor == 10500
        subscription.renew(CLOCK)
    assert fresh(group).seat_amount == 3500
    assert subscription.amount == 10500


def test_people_are_told_before_their_group_ends_and_when_it_has(group: Group, ada: Person) -> None:
    bea = seated(group, "bea@school.example")
    group.subscription.cancel(Actor.reader(ada))
    notice = Notice.objects.get(kind=GroupNotice.ENDS, person=bea)
    assert notice.due_at == group.subscription.term_ends_at - timedelta(days=14)
    group.subscription.keep(Actor.reader(ada))
    assert not Notice.objects.filter(kind=GroupNotice.ENDS).exists()
    group.subscription.end(CLOCK)
    assert Notice.objects.filter(kind=GroupNotice.ENDED, person=bea).exists()


def test_a_domain_gives_a_seat_to_whoever_signs_in_while_there_are_some(group: Group) -> None:
    GroupDomain.objects.create(group=group, domain="school.example")
    people = [introduce("Pupil", f"{n}@school.example") for n in range(4)]
    for person in people:
        bring_rights(person)
        bring_rights(person)
    assert [reads(person) for person in people] == [True, True, True, False]
    assert fresh(group).taken == 3


def test_a_domain_gives_no_seat_to_whom_it_was_taken_from(group: Group) -> None:
    GroupDomain.objects.create(group=group, domain="school.example")
    bea = introduce("Bea", "bea@school.example")
    bring_rights(bea)
    group.take_back(group.seat_rows.get())
    bring_rights(bea)
    assert not reads(bea)


def test_the_reading_rooms_close_with_the_group(group: Group, halden: Institution) -> None:
    group.hold(halden)
    assert Institution.objects.get().ends_at == group.subscription.access_ends_at
    group.subscription.end(CLOCK)
    with clock.moved_to(NOON + timedelta(seconds=2)):
        assert not Institution.objects.get().is_live()


def test_a_group_is_handed_on_to_somebody_with_a_seat(group: Group, ada: Person) -> None:
    cem = introduce("Cem", "cem@school.example")
    with pytest.raises(Refused):
        group.hand_on(cem, Actor.reader(ada))
    group.accept(group.invite("cem@school.example"), cem)
    group.hand_on(cem, Actor.reader(ada))
    assert fresh(group).owner == cem
    told = Notice.objects.filter(kind=OwnerNotice.HANDED_ON)
    assert {notice.person for notice in told} == {ada, cem}


def test_one_of_two_seats_stays_when_two_accounts_become_one(group: Group) -> None:
    bea, again = seated(group, "bea@school.example"), seated(group, "bea@home.example")
    accounts_merging.send(Person, old=again, new=bea)
    assert fresh(group).taken == 1
    assert reads(bea)
    assert not reads(again)


def test_an_erased_member_leaves_the_seat_free(group: Group) -> None:
    bea = seated(group, "bea@school.example")
    assert "bea@school.example" in str(everything_about(bea)["groups"])
    bea.erase()
    assert fresh(group).taken == 0


def test_an_owner_is_told_what_goes_with_the_account_and_its_people_when_it_went(
    group: Group, ada: Person, mailoutbox
) -> None:
    bea = seated(group, "bea@school.example")
    assert any("all who have a seat lose it" in sentence for sentence in lost_with(ada))
    group.invite("cem@school.example")
    ada.erase()
    assert not Group.objects.exists()
    assert not reads(bea)
    mailoutbox.clear()
    post_due(clock.now())
    (letter,) = mailoutbox
    assert (letter.to, letter.subject) == ([bea.email], "Your seat of The Harbour School has ended")


def test_every_letter_can_be_written(group: Group, ada: Person) -> None:
    bea = seated(group, "bea@school.example")
    group.invite("cem@school.example")
    group.subscription.cancel(Actor.reader(ada))
    days_pass(NOON, 1)
    group.hand_on(bea, Actor.reader(ada))
    group.take_back(group.seat_rows.filter(person=bea).get())
    days_pass(NOON + timedelta(days=1), 380, step=10)
    unsaid = Notice.objects.filter(sent_at=None, dropped_at=None, due_at__lte=NOON + timedelta(days=380))
    assert not unsaid.exists()


@pytest.mark.parametrize("seats", [3, 30])
def test_following_takes_as_many_queries_for_many_seats(
    ada: Person, seat_price: Price, seats: int, django_assert_num_queries
) -> None:
    group = begin(ada, seat_price, seats)
    for n in range(seats):
        seated(group, f"{n}@school.example")
    with clock.moved_to(NOON + timedelta(days=1)):
        Entitlement.objects.filter(seat__group=group).update(ends_at=NOON + timedelta(days=2))
        with django_assert_num_queries(13):
            group.follow()
