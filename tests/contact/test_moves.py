"""A subscription, or an account, that goes to another mailbox: told, 72 hours to object, carried out."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from broadsheet.billing.models import Invoice
from broadsheet.contact.keeping import carry_out
from broadsheet.contact.models import Conversation, Move, State
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import Entitlement, FulfilmentHouse, PrintSubscriber, Subscription
from broadsheet.notices.posting import post_due
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import introduce
from tests.shop import subscribe

HERE = {"Sec-Fetch-Site": "same-origin"}
NEW = "ada@new.example"


pytestmark = pytest.mark.usefixtures("letters_are_translatable")


@pytest.fixture
def subscription(ada: Person, yearly, magazine) -> Subscription:
    return subscribe(ada, yearly)


@pytest.fixture
def move(subscription: Subscription, ada: Person, farid: Person, asked: Conversation) -> Move:
    return Move.objects.ask(
        ada, NEW, farid, "She wrote from there", subscription=subscription, conversation=asked
    )


def three_days_pass() -> None:
    with clock.moved_to(clock.now() + timedelta(hours=72, minutes=1)):
        carry_out(clock.now())
        post_due()


def to(address: str, outbox: list[Any]) -> list[Any]:
    return [letter for letter in outbox if letter.to == [address]]


def link_in(letter: Any) -> str:
    found = re.search(r"http://\S+(/object/\S+)", letter.body)
    assert found
    return found[1]


def test_the_old_mailbox_is_told_and_nothing_moves_before_its_time(
    move: Move, ada: Person, subscription: Subscription, mailoutbox: list[Any]
) -> None:
    post_due()
    told = [letter for letter in to(ada.email, mailoutbox) if "about to go" in letter.subject]
    assert len(told) == 1
    assert "a•••@new.example" in told[0].body
    assert NEW not in told[0].body
    with clock.moved_to(clock.now() + timedelta(hours=71)):
        carry_out(clock.now())
    subscription.refresh_from_db()
    assert subscription.person == ada


def test_after_three_days_it_is_the_new_mailboxes(
    move: Move, ada: Person, subscription: Subscription, mailoutbox: list[Any], asked: Conversation
) -> None:
    term_ends_at = subscription.term_ends_at
    three_days_pass()
    new = Person.objects.get(email=NEW)
    subscription.refresh_from_db()
    assert (subscription.person, subscription.term_ends_at) == (new, term_ends_at)
    assert Entitlement.objects.entitle(new)
    assert not Entitlement.objects.entitle(ada)
    assert set(Invoice.objects.values_list("person", flat=True)) == {new.pk}
    assert subscription.transitions.last().why == "She wrote from there"
    assert "Your subscription is here" in [letter.subject for letter in to(NEW, mailoutbox)]
    assert "gone to another mailbox" in to(ada.email, mailoutbox)[-1].subject
    asked.refresh_from_db()
    assert asked.person == new
    three_days_pass()
    assert len(to(NEW, mailoutbox)) == 1


def test_the_old_mailbox_objects_by_the_button_alone(
    move: Move, ada: Person, subscription: Subscription, mailoutbox: list[Any], asked: Conversation
) -> None:
    post_due()
    link = link_in(next(letter for letter in mailoutbox if "about to go" in letter.subject))
    browser = Client(headers=HERE)
    assert "Object to the move" in browser.get(link).text
    assert Move.objects.get().is_open
    response = browser.post(link)
    assert response.status_code == 303
    assert "Nothing is moved" in browser.get(link).text
    three_days_pass()
    subscription.refresh_from_db()
    assert subscription.person == ada
    asked.refresh_from_db()
    assert asked.state == State.WAITING
    assert "objects to the move" in asked.messages.last().text  # type: ignore[union-attr]
    assert browser.post(link).status_code == 303


def test_a_link_of_somebody_elses_making_leads_nowhere(move: Move) -> None:
    assert Client().get(f"/object/{move.pk}:forged/").status_code == 404
    assert Client(headers=HERE).post(f"/object/{move.pk}:forged/").status_code == 404
    assert Client(headers={"Sec-Fetch-Site": "cross-site"}).post("/object/x/").status_code == 403


def test_an_objection_opens_a_closed_conversation_or_a_new_one(
    ada: Person, farid: Person, subscription: Subscription, asked: Conversation
) -> None:
    move = Move.objects.ask(ada, NEW, farid, "By telephone", subscription=subscription)
    assert move.object()
    assert not move.object()
    assert Conversation.objects.exclude(pk=asked.pk).get().state == State.WAITING


def test_our_staff_can_stop_it_and_the_old_mailbox_hears_of_it(
    move: Move, ada: Person, mailoutbox: list[Any]
) -> None:
    move.stop()
    post_due()
    assert [letter.subject for letter in to(ada.email, mailoutbox)].count(
        "Your subscription stays where it is"
    ) == 1
    with pytest.raises(Refused):
        move.stop()
    three_days_pass()
    assert not Person.objects.filter(email=NEW).exists()


def test_what_can_not_be_is_refused_at_once(
    ada: Person, farid: Person, subscription: Subscription, yearly, asked: Conversation
) -> None:
    other = introduce("Eve", "eve@reader.example")
    subscribe(other, yearly)
    for email in (ada.email, other.email, farid.email):
        with pytest.raises(Refused):
            Move.objects.ask(ada, email, farid, "x", subscription=subscription)
    with pytest.raises(Refused):  # nobody is there to merge with
        Move.objects.ask(ada, NEW, farid, "x")
    Move.objects.ask(ada, NEW, farid, "x", subscription=subscription)
    with pytest.raises(Refused):  # one waits already
        Move.objects.ask(ada, "third@reader.example", farid, "x", subscription=subscription)


def test_what_has_become_impossible_is_told_to_the_desk(
    move: Move, ada: Person, subscription: Subscription, yearly, asked: Conversation
) -> None:
    subscribe(Person.objects.create_user(NEW), yearly)
    three_days_pass()
    move.refresh_from_db()
    assert move.outcome == Move.Outcome.IMPOSSIBLE
    subscription.refresh_from_db()
    assert subscription.person == ada
    assert "was not possible" in asked.messages.last().text  # type: ignore[union-attr]


def test_two_accounts_become_one(
    ada: Person,
    bruno: Person,
    farid: Person,
    subscription: Subscription,
    asked: Conversation,
    mailoutbox: list[Any],
) -> None:
    house = FulfilmentHouse.objects.create(name="Quay Mailing", edition="en-us")
    paper = PrintSubscriber.objects.create(house=house, number="A1", bare_number="A1", person=ada)
    Move.objects.ask(ada, bruno.email, farid, "One reader", conversation=asked)
    three_days_pass()
    subscription.refresh_from_db()
    assert subscription.person == bruno
    assert not Person.objects.filter(email=ada.email).exists()
    assert Entitlement.objects.filter(person=bruno).count() == 2
    assert set(Invoice.objects.values_list("person", flat=True)) == {bruno.pk}
    assert Invoice.objects.get().buyer_email
    asked.refresh_from_db()
    assert (asked.email, asked.person) == (bruno.email, bruno)
    assert Move.objects.get().outcome == Move.Outcome.DONE
    paper.refresh_from_db()
    assert paper.person == bruno
    assert to("ada@reader.example", mailoutbox)[-1].subject == "Your subscription has gone to another mailbox"


def test_an_account_that_is_erased_takes_its_move_along(move: Move, ada: Person) -> None:
    ada.erase()
    three_days_pass()
    assert not Move.objects.exists()
    assert not Person.objects.filter(email=NEW).exists()
