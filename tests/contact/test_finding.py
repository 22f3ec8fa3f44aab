"""Find my subscription: one answer for all, and one letter for the mailbox that it belongs to."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.contact.models import Conversation, Inquiry, State
from broadsheet.contact.models.inquiry import settle_due
from broadsheet.membership.models import FulfilmentHouse, PrintSubscriber
from broadsheet.people.models import MailedCode, Person
from broadsheet.platform import clock
from tests.cast import STRANGER, introduce, signed_in
from tests.magazine import Magazine
from tests.shop import subscribe

HERE = {"Sec-Fetch-Site": "same-origin"}
HOME = {"buyer_name": "Ada Brandt", "buyer_address": "12 Canal Row\nLondon N1 9GU"}
PAGE = "/find-my-subscription/"


@pytest.fixture(autouse=True)
def _tasks_wait(settings: Any) -> None:
    """As in production: the answer comes before the task."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


@pytest.fixture
def browser(magazine: Magazine) -> Client:
    return Client(headers=HERE)


@pytest.fixture
def subscriber(ada: Person, yearly) -> Person:
    subscribe(ada, yearly, **HOME)
    return ada


def look(browser: Client, **typed: str) -> Any:
    return browser.post(PAGE, typed)


def to(address: str, outbox: list[Any]) -> list[Any]:
    return [letter for letter in outbox if letter.to == [address]]


# --- The page ----------------------------------------------------------------------------------------


def test_the_page_is_the_same_for_all_and_holds_no_token(browser: Client) -> None:
    response = Client().get(PAGE)
    assert response.headers["Cache-Control"].startswith("public")
    assert not response.cookies
    assert "csrf" not in response.text
    assert "Your postcode or ZIP code" in response.text


def test_the_ways_to_it(magazine: Magazine, ada: Person, bruno: Person) -> None:
    assert f'href="{PAGE}"' in Client().get("/account/sign-in/").text
    assert 'href="/uk/find-my-subscription/"' in Client().get("/uk/find-my-subscription/asked/").text
    assert f'href="{PAGE}"' in signed_in(ada).get("/account/").text
    assert f'href="{PAGE}"' not in signed_in(bruno).get("/account/").text


# --- What is answered --------------------------------------------------------------------------------

WAYS_TO_ASK = [
    {"email": "ada@reader.example"},
    {"name": "Ada Brandt", "postcode": "N1 9GU"},
    {"last_digits": "4242", "expires_on": "01/40", "postcode": "N1 9GU"},
    {"last_digits": "4111 1111 1111 4242", "expires_on": "1/2040", "name": "ada brandt"},
]


@pytest.mark.parametrize("typed", WAYS_TO_ASK, ids=lambda typed: "-".join(typed))
def test_what_is_known_goes_to_the_mailbox_alone(
    browser: Client, subscriber: Person, mailoutbox: list[Any], typed: dict[str, str]
) -> None:
    response = look(browser, **typed)
    assert (response.status_code, response.headers["Location"]) == (303, f"{PAGE}asked/")
    assert mailoutbox == []
    assert settle_due() == 1
    (letter,) = mailoutbox
    assert letter.to == [subscriber.email]
    assert "a•••@reader.example" in letter.body
    assert "Digital" in letter.body
    assert "N1 9GU" not in letter.body
    kept = Inquiry.objects.get()
    assert (kept.outcome, kept.email, kept.name, kept.postcode, kept.last_digits, kept.expires_on) == (
        *("told", "", "", "", ""),
        None,
    )


def test_the_link_signs_in_and_leads_to_the_article(
    browser: Client, subscriber: Person, mailoutbox: list[Any], magazine: Magazine
) -> None:
    reef = magazine.article("reef")
    assert f'value="{reef.uuid}"' in browser.get(f"{PAGE}?article={reef.uuid}").text
    look(browser, email=subscriber.email, article=str(reef.uuid))
    settle_due()
    link = re.search(r"http://\S+(/account/link/\S+)", mailoutbox[0].body)
    assert link
    visitor = Client()
    assert visitor.get(link[1]).status_code == 200
    response = visitor.post(link[1])
    assert response.headers["Location"] == reef.url


def test_nothing_is_looked_up_before_the_answer(browser: Client, subscriber: Person) -> None:
    """The same code, the same queries but for what was typed, the same bytes, for known and unknown."""
    look(browser, email=STRANGER)  # warms what is cached once
    seen = []
    for email in (subscriber.email, STRANGER, "ada@raeder.example", "bob@nowhere.example"):
        with CaptureQueriesContext(connection) as queries:
            response = look(browser, email=email)
        asked = [re.sub(r"'[^']*'|\d+", "…", query["sql"]) for query in queries.captured_queries]
        headers = {name: value for name, value in response.headers.items() if name.lower() != "x-request-id"}
        seen.append((response.status_code, headers, response.content, asked))
        assert not any("people_person" in query or "mandate" in query for query in asked)
    for one in seen[1:]:
        assert one == seen[0]
    pages = {Client().get(f"{PAGE}asked/").content for _ in range(3)}
    assert len(pages) == 1


def test_an_unknown_one_gets_no_mail_and_is_forgotten(browser: Client, mailoutbox: list[Any]) -> None:
    look(browser, email=STRANGER, name="Mallory", postcode="N1 9GU")
    settle_due()
    assert mailoutbox == []
    kept = Inquiry.objects.get()
    assert (kept.outcome, kept.email, kept.name, kept.person) == ("nothing", "", "", None)
    assert not Conversation.objects.exists()
    with clock.moved_to(clock.now() + timedelta(days=31)):
        from broadsheet.contact.models.inquiry import forget_old

        forget_old(clock.now())
    assert not Inquiry.objects.exists()


def test_an_account_without_a_subscription_is_no_match(
    browser: Client, ada: Person, mailoutbox: list[Any]
) -> None:
    look(browser, email=ada.email)
    settle_due()
    assert mailoutbox == []


def test_two_of_one_name_get_no_mail_and_one_clue_more_decides(
    browser: Client, subscriber: Person, yearly, mailoutbox: list[Any]
) -> None:
    subscribe(introduce("Ada Brandt", "other@reader.example"), yearly, **HOME)
    look(browser, name="Ada Brandt", postcode="N1 9GU")
    settle_due()
    assert mailoutbox == []
    look(browser, name="Ada Brandt", postcode="N1 9GU", email=subscriber.email)
    settle_due()
    assert len(to(subscriber.email, mailoutbox)) == 1


def test_a_mailbox_is_written_to_once_an_hour_whoever_asks(
    subscriber: Person, mailoutbox: list[Any], magazine: Magazine
) -> None:
    for number in range(1, 5):
        look(Client(headers=HERE, REMOTE_ADDR=f"198.51.{number}.1"), **WAYS_TO_ASK[number - 1])
    settle_due()
    assert len(mailoutbox) == 1
    assert sorted(Inquiry.objects.values_list("outcome", flat=True)) == ["before", "before", "before", "told"]
    with clock.moved_to(clock.now() + timedelta(minutes=61)):
        look(Client(headers=HERE, REMOTE_ADDR="198.51.9.1"), email=subscriber.email)
        settle_due()
    assert len(mailoutbox) == 2


def test_who_asks_often_is_told_to_wait_and_keeps_what_was_typed(browser: Client) -> None:
    answers = [look(browser, email=STRANGER) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429]
    assert STRANGER in answers[-1].text
    assert Inquiry.objects.count() == 5


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Tell us at least one of these"),
        ({"email": "ada@"}, "does not look like an e-mail address"),
        ({"last_digits": "4242", "expires_on": "01/40"}, "enter your postcode or your name"),
        ({"last_digits": "4242", "postcode": "N1 9GU"}, "Enter the month in which the card expires"),
        ({"expires_on": "01/40", "name": "Ada"}, "Enter the last four digits"),
        ({"last_digits": "42", "expires_on": "01/40", "name": "Ada"}, "Enter the last four digits"),
        ({"last_digits": "4242", "expires_on": "13/40", "name": "Ada"}, "as in 03/29"),
        ({"number": "12"}, "With the number, enter your postcode"),
        ({"name": "Ada <b>Brandt</b>"}, "With your name, enter your postcode"),
        ({"email": "a@b.example", "message": "Help"}, "at which we can reply"),
        ({"email": "a@b.example", "nothing": "x"}, "must stay empty"),
    ],
    ids=str,
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    browser: Client, typed: dict[str, str], said: str
) -> None:
    response = look(browser, **typed)
    assert response.status_code == 400
    assert said in response.text
    for name, value in typed.items():
        if name != "nothing":
            assert value.replace("<", "&lt;").replace(">", "&gt;") in response.text
    assert not Inquiry.objects.exists()


def test_a_whole_card_number_is_not_kept(browser: Client, subscriber: Person) -> None:
    look(browser, last_digits="4111 1111 1111 4242", expires_on="0140", name="Ada Brandt")
    assert Inquiry.objects.get().last_digits == "4242"


def test_a_post_from_another_site_is_refused(magazine: Magazine) -> None:
    strangers = Client(headers={"Sec-Fetch-Site": "cross-site"})
    assert look(strangers, email=STRANGER).status_code == 403


# --- Where nothing is found --------------------------------------------------------------------------


def test_what_is_not_found_goes_to_the_desk_where_that_was_asked(
    browser: Client, mailoutbox: list[Any]
) -> None:
    typed = {"name": "Ada Brandt", "postcode": "N1 9GU", "last_digits": "4242", "expires_on": "01/40"}
    look(browser, **typed, reply_to="Ada@new.example", message="I moved\r\nin May.")
    settle_due()
    found = Conversation.objects.get()
    assert (found.email, found.name, found.topic, found.state) == (
        *("ada@new.example", "Ada Brandt", "subscription"),
        State.WAITING,
    )
    assert found.clues == {
        "name": "Ada Brandt",
        "postcode": "N1 9GU",
        "last_digits": "4242",
        "expires_on": "2040-01-31",
    }
    assert found.all_clues.has_card
    assert found.messages.get().text == "I moved\nin May."
    assert mailoutbox == []
    assert Inquiry.objects.get().outcome == "passed"


def test_what_is_found_is_not_for_the_desk(
    browser: Client, subscriber: Person, mailoutbox: list[Any]
) -> None:
    look(browser, email=subscriber.email, reply_to="ada@new.example", message="Help")
    settle_due()
    assert len(mailoutbox) == 1
    assert not Conversation.objects.exists()


def test_while_mail_is_not_taken_it_waits_and_loses_nothing(
    browser: Client, subscriber: Person, settings: Any, mailoutbox: list[Any]
) -> None:
    from harness.ports import free_port

    look(browser, email=subscriber.email)
    working = settings.MAILERS
    backend = "django.core.mail.backends.smtp.EmailBackend"
    options = {"host": "127.0.0.1", "port": free_port(), "timeout": 5}
    settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": options}}
    with pytest.raises(ExceptionGroup):
        settle_due()
    assert Inquiry.objects.get().email == subscriber.email
    assert not MailedCode.objects.exists()
    settings.MAILERS = working
    settle_due()
    assert len(mailoutbox) == 1


def test_erasing_the_account_takes_the_search_along(
    browser: Client, subscriber: Person, mailoutbox: list[Any]
) -> None:
    look(browser, email=subscriber.email)
    settle_due()
    look(browser, email=subscriber.email)
    subscriber.erase()
    assert not Inquiry.objects.exists()


def test_the_label_of_the_paper_leads_to_the_account_that_it_is_linked_to(
    browser: Client, ada: Person, mailoutbox: list[Any]
) -> None:
    house = FulfilmentHouse.objects.create(name="Quay Mailing", edition="en-us")
    subscriber = PrintSubscriber.objects.create(
        house=house,
        number="AB-1001",
        bare_number="AB1001",
        postcode="HT1 4ME",
        bare_postcode="HT14ME",
    )
    subscriber.link(ada, PrintSubscriber.How.LABEL)
    look(browser, number="ab 1001", postcode="ht14me")
    settle_due()
    assert [letter.to for letter in mailoutbox] == [[ada.email]]


def paper(number: str, email: str = "", name: str = "Wim Quay") -> PrintSubscriber:
    house, __ = FulfilmentHouse.objects.get_or_create(name="Quay Mailing", defaults={"edition": "en-us"})
    return PrintSubscriber.objects.create(
        house=house,
        number=number,
        bare_number=number,
        email=email,
        name=name,
        postcode="HT1 4ME",
        bare_postcode="HT14ME",
    )


@pytest.mark.parametrize(
    "typed",
    [{"number": "1002", "postcode": "ht14me"}, {"email": "Wim@reader.example"}],
    ids=["label", "address"],
)
def test_a_reader_of_the_paper_without_an_account_gets_a_link_that_makes_one(
    browser: Client, mailoutbox: list[Any], typed: dict[str, str]
) -> None:
    found = paper("1002", "wim@reader.example")
    stranger = look(browser, number="9999", postcode="HT1 4ME")
    assert look(browser, **typed).text == stranger.text
    settle_due()
    (letter,) = mailoutbox
    assert letter.to == ["wim@reader.example"]
    assert "1002" in letter.body
    link = re.search(r"http://\S+(/account/link/\S+)", letter.body)
    assert link
    Client().post(link[1])
    found.refresh_from_db()
    assert found.person.email == "wim@reader.example"
    # Whether they have an account by now or not, their mailbox is written to once an hour.
    look(browser, **typed)
    settle_due()
    assert len(mailoutbox) == 1


def test_a_mailbox_of_the_paper_is_written_to_once_an_hour(browser: Client, mailoutbox: list[Any]) -> None:
    paper("1002", "wim@reader.example")
    paper("1003", "wim@reader.example")
    for number in ("1002", "1003", "1002"):
        look(browser, number=number, postcode="HT1 4ME")
    settle_due()
    assert len(mailoutbox) == 1
    assert Inquiry.objects.filter(outcome=Inquiry.Outcome.TOLD_BEFORE).count() == 2


@pytest.mark.parametrize(
    "typed",
    [
        {"number": "1002", "postcode": "XX1 4ME"},
        {"number": "1004", "postcode": "HT1 4ME"},
        {"name": "Wim Quay", "postcode": "HT1 4ME"},
        {"number": "1002", "postcode": "HT1 4ME", "email": "ada@reader.example"},
        {"number": "1002", "postcode": "HT1 4ME", "email": "eva@reader.example"},
    ],
    ids=["postcode", "no-mailbox", "name", "an-account", "two"],
)
def test_what_leads_to_no_single_reader_of_the_paper_is_no_match(
    browser: Client, ada: Person, mailoutbox: list[Any], typed: dict[str, str]
) -> None:
    paper("1002", "wim@reader.example")
    paper("1003", "eva@reader.example", "Eva Quay")
    paper("1004")
    look(browser, **typed)
    settle_due()
    assert not mailoutbox


def test_one_number_of_several_with_an_address_leads_to_its_account(
    browser: Client, subscriber: Person, mailoutbox: list[Any]
) -> None:
    paper("1002", subscriber.email)
    look(browser, number="1002", postcode="HT1 4ME")
    settle_due()
    assert [letter.to for letter in mailoutbox] == [[subscriber.email]]
