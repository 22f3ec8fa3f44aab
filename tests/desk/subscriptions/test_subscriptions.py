from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.formats import date_format
from django.utils.timezone import localdate
from wagtail.models import ModelLogEntry

from broadsheet.billing.models import Invoice
from broadsheet.membership.models import (
    Actor,
    ActorKind,
    Change,
    Entitlement,
    Price,
    State,
    Subscription,
    Transition,
)
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import introduce, signed_in
from tests.post import LetterBox
from tests.shop import BY_TRANSFER, minute_passes, subscribe


@pytest.fixture
def hers(ada: Person, yearly: Price) -> Subscription:
    return subscribe(ada, yearly)


def listed(client: Client, **query: str) -> str:
    return client.get("/desk/subscriptions/", query).text


def do(person: Person, subscription: Subscription, act: str, **typed: Any) -> str:
    typed = {"why": "She rang us"} | typed
    answer = signed_in(person).post(f"/desk/subscriptions/{subscription.pk}/{act}/", typed, follow=True)
    assert answer.status_code == 200
    subscription.refresh_from_db()
    return answer.text


def in_weeks(weeks: int) -> str:
    return f"{localdate(clock.now()) + timedelta(weeks=weeks)}"


# --- The list ----------------------------------------------------------------------------------------


def test_it_is_found_by_number_address_and_name(farid: Person, hers: Subscription, monthly: Price) -> None:
    subscribe(introduce("Imre Novak", "imre@reader.example"), monthly)
    client = signed_in(farid)
    for query in (hers.number, str(hers.pk), hers.number.lower(), "ada@", "ADA", "brandt", "Ada Br", " ada "):
        page = listed(client, q=query)
        assert "ada@reader.example" in page, query
        assert "imre@reader.example" not in page, query
    for query in ("S-999999", "randt", "@reader", "ada novak"):
        assert "ada@reader.example" not in listed(client, q=query), query


def test_two_letters_find_who_is_called_so_and_not_all_who_begin_so(
    farid: Person, hers: Subscription, monthly: Price
) -> None:
    subscribe(introduce("Bo Adair", "bo@reader.example"), monthly)
    client = signed_in(farid)
    assert "bo@reader.example" in listed(client, q="Bo")
    assert "ada@reader.example" not in listed(client, q="ad")
    assert "ada@reader.example" in listed(client, q="ada")


def test_a_list_that_is_too_long_says_so(
    farid: Person, hers: Subscription, monthly: Price, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(introduce("Imre Novak", "imre@reader.example"), monthly)
    client = signed_in(farid)
    assert "2 subscriptions" in listed(client)
    monkeypatch.setattr("broadsheet.desk.long_lists.LongPaginator.MOST", 1)
    page = listed(client)
    assert "1 subscriptions and more" in page
    assert "imre@reader.example" in page
    assert "ada@reader.example" not in page
    assert "There are 1 matches and more" in listed(client, state="active")
    assert "ada@reader.example" in listed(client, p="2", q="ada")


def test_it_is_filtered_by_what_it_is(farid: Person, hers: Subscription, monthly: Price) -> None:
    other = subscribe(introduce("Imre Novak", "imre@reader.example"), monthly)
    other.cancel(Actor.staff(farid, "He rang us"))
    client = signed_in(farid)
    found = {
        "state": ("active", "paused"),
        "plan": (str(hers.price.plan_id), ""),
        "edition": ("en-us", "en-gb"),
        "provider": ("till", ""),
    }
    for name, (right, wrong) in found.items():
        assert hers.number in listed(client, **{name: right}), name
        if wrong:
            assert hers.number not in listed(client, **{name: wrong}), name
    cancelled = listed(client, cancelled="True")
    assert other.number in cancelled
    assert hers.number not in cancelled
    soon = listed(client, due="30")
    assert hers.number not in soon
    with clock.moved_to(hers.term_ends_at - timedelta(days=3)):
        assert hers.number in listed(signed_in(farid), due="7")


def test_each_row_says_what_comes_next(farid: Person, hers: Subscription) -> None:
    client = signed_in(farid)
    assert "renews" in listed(client)
    do(farid, hers, "cancel", reason="")
    assert "ends" in listed(client)
    do(farid, hers, "keep")
    do(farid, hers, "pause", until=in_weeks(4))
    assert "back" in listed(client)
    do(farid, hers, "end")
    assert "ended" in listed(client)


def test_it_is_exported(farid: Person, hers: Subscription) -> None:
    answer = signed_in(farid).get("/desk/subscriptions/?export=csv&state=active")
    lines = answer.getvalue().decode().splitlines()
    assert lines[0].startswith("Number,E-mail address,Name,Plan,Edition,State,Amount,Currency")
    assert lines[1].startswith(f"{hers.number},ada@reader.example,Ada Brandt,Digital,en-us,Active,40.00,USD")
    assert len(lines) == 2


def test_a_name_is_no_formula_in_a_spreadsheet(farid: Person, monthly: Price) -> None:
    subscribe(introduce("=1+1", "formula@reader.example"), monthly)
    exported = signed_in(farid).get("/desk/subscriptions/?export=csv").getvalue().decode()
    assert "'=1+1" in exported
    assert ",=1+1" not in exported


@pytest.mark.parametrize("address", ["subscriptions", "invoices", "payments", "readers"])
def test_a_longer_list_takes_as_many_queries(
    farid: Person, hers: Subscription, monthly: Price, address: str
) -> None:
    client = signed_in(farid)
    client.get(f"/desk/{address}/")
    with CaptureQueriesContext(connection) as few:
        client.get(f"/desk/{address}/")
    for number in range(10):
        subscribe(introduce(f"Reader {number}", f"reader{number}@reader.example"), monthly)
    with CaptureQueriesContext(connection) as many:
        assert "reader9@reader.example" in client.get(f"/desk/{address}/").text
    assert len(many) == len(few)


# --- What our staff does -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "typed", "state", "what"),
    [
        ("pause", {"until": "weeks"}, State.PAUSED, Change.PAUSED),
        ("cancel", {"reason": "price"}, State.ACTIVE, Change.CANCELLED),
        ("end", {}, State.ENDED, Change.ENDED),
        ("extend", {"count": "14", "unit": "days"}, State.ACTIVE, Change.EXTENDED),
    ],
)
def test_what_is_done_is_in_the_history_and_in_the_log_with_who_and_why(
    farid: Person, hers: Subscription, act: str, typed: dict[str, str], state: State, what: Change
) -> None:
    typed = {name: in_weeks(4) if value == "weeks" else value for name, value in typed.items()}
    page = do(farid, hers, act, **typed)
    assert hers.state == state
    written = hers.transitions.last()
    assert written is not None
    assert (written.what, written.who, written.person, written.why) == (
        what,
        ActorKind.STAFF,
        farid,
        "She rang us",
    )
    entry = ModelLogEntry.objects.get(action=f"subscription.{act}")
    assert (entry.user, entry.object_id, entry.comment) == (farid, str(hers.pk), "She rang us")
    assert entry.message in page
    history = signed_in(farid).get("/desk/reports/site-history/").text
    assert entry.message in history
    assert f'href="/desk/subscriptions/{hers.pk}/"' in history


def test_a_pause_is_resumed_and_a_cancellation_undone(farid: Person, hers: Subscription) -> None:
    do(farid, hers, "pause", until=in_weeks(4))
    assert not Entitlement.objects.entitle(hers.person)
    do(farid, hers, "resume")
    assert hers.state == State.ACTIVE
    do(farid, hers, "cancel", reason="time")
    assert hers.cancellation
    assert hers.cancellation.reason == "time"
    do(farid, hers, "keep")
    assert hers.cancellation is None
    assert Entitlement.objects.entitle(hers.person)


def test_the_desk_says_what_was_done(farid: Person, hers: Subscription) -> None:
    until = localdate(clock.now()) + timedelta(weeks=3)
    day = date_format(until, "DATE_FORMAT")
    assert f"The subscription is paused. Until {day}" in do(farid, hers, "pause", until=f"{until}")


def test_a_pause_ends_on_the_day_that_was_typed(farid: Person, hers: Subscription) -> None:
    until = localdate(clock.now()) + timedelta(weeks=3)
    do(farid, hers, "pause", until=f"{until}")
    assert hers.pause
    assert hers.on(hers.pause.until) == until


@pytest.mark.parametrize(("unit", "days"), [("days", {14}), ("months", set(range(425, 430)))])
def test_time_is_given(farid: Person, hers: Subscription, unit: str, days: set[int]) -> None:
    before = hers.term_ends_at
    do(farid, hers, "extend", count="14", unit=unit)
    assert (hers.term_ends_at - before).days in days
    assert Entitlement.objects.filter(person=hers.person).live(before + timedelta(days=13)).exists()


def test_a_plan_is_changed_with_the_next_term(farid: Person, hers: Subscription, monthly: Price) -> None:
    page = signed_in(farid).get(f"/desk/subscriptions/{hers.pk}/change/").text
    assert "Digital: $5 a month" in page
    do(farid, hers, "change", price=str(monthly.pk))
    assert hers.price != monthly
    assert hers.next_price == monthly


@pytest.mark.parametrize(
    ("act", "typed", "reason"),
    [
        ("pause", {"until": "1"}, "required"),
        ("pause", {"until": "0 weeks"}, "A pause lasts at least a week."),
        ("pause", {"until": "20 weeks"}, "A pause lasts at most twelve weeks."),
        ("pause", {"until": "4 weeks", "why": ""}, "required"),
        ("resume", {}, "This subscription isn’t paused."),
        ("keep", {}, "There is no cancellation to undo."),
        ("extend", {"count": "0", "unit": "days"}, "greater than or equal to 1"),
        ("extend", {"count": "25", "unit": "months"}, "At most 24 months."),
        ("extend", {"count": "9999999999", "unit": "days"}, "less than or equal to 366"),
        ("change", {"price": "999"}, "valid choice"),
        ("end", {"why": " "}, "required"),
    ],
)
def test_what_can_not_be_done_is_refused_and_what_was_typed_kept(
    farid: Person, hers: Subscription, act: str, typed: dict[str, str], reason: str
) -> None:
    before = Transition.objects.count()
    until = typed.get("until", "")
    if until.endswith("weeks"):
        typed = typed | {"until": in_weeks(int(until.split()[0]))}
    elif until:
        typed = typed | {"until": ""}
    page = do(farid, hers, act, **typed)
    assert reason in page
    if "why" not in typed:
        assert "She rang us" in page
    assert Transition.objects.count() == before
    assert not ModelLogEntry.objects.filter(action__startswith="subscription.").exists()


def test_two_who_pause_at_once_pause_once(farid: Person, hers: Subscription) -> None:
    do(farid, hers, "pause", until=in_weeks(4))
    assert "already paused" in do(farid, hers, "pause", until=in_weeks(5))
    assert hers.pauses.count() == 1


@pytest.mark.parametrize("act", ["pause", "resume", "cancel", "keep", "extend", "change", "end"])
def test_nothing_is_done_by_looking(farid: Person, hers: Subscription, act: str) -> None:
    before = Transition.objects.count()
    client = signed_in(farid)
    page = client.get(f"/desk/subscriptions/{hers.pk}/{act}/?why=x&until={in_weeks(4)}&count=3&unit=days")
    assert page.status_code == 200
    assert hers.number in page.text
    assert Transition.objects.count() == before
    assert client.get("/desk/subscriptions/999999/end/").status_code == 404


def test_the_reader_is_told(farid: Person, hers: Subscription, mail_by_smtp: LetterBox) -> None:
    do(farid, hers, "pause", until=in_weeks(4))
    minute_passes()
    subjects = [str(letter["Subject"]) for letter in mail_by_smtp.to("ada@reader.example")]
    assert any("paused" in subject for subject in subjects), subjects


# --- Its record --------------------------------------------------------------------------------------


def test_its_record_holds_all_that_is_known(farid: Person, hers: Subscription) -> None:
    do(farid, hers, "pause", until=in_weeks(4))
    invoice = Invoice.objects.get(subscription=hers)
    page = signed_in(farid).get(f"/desk/subscriptions/{hers.pk}/").text
    for known in (
        hers.number,
        "ada@reader.example",
        "Paused",
        "Farid Haddad",
        invoice.number,
        f"/desk/invoices/{invoice.pk}/pdf/",
        "ending in 4242",
        "You pay $40 today.",
        "Receipt",
        f"/desk/subscriptions/{hers.pk}/resume/",
    ):
        assert known in page, known
    assert f"/desk/subscriptions/{hers.pk}/pause/" not in page


def test_a_longer_history_takes_as_many_queries(farid: Person, hers: Subscription) -> None:
    client = signed_in(farid)
    do(farid, hers, "extend", count="1", unit="days")
    address = f"/desk/subscriptions/{hers.pk}/"
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for __ in range(8):
        do(farid, hers, "extend", count="1", unit="days")
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)


def test_a_readers_record_shows_what_they_have(farid: Person, ada: Person, hers: Subscription) -> None:
    page = signed_in(farid).get(f"/desk/readers/{ada.pk}/").text
    assert hers.number in page
    assert Invoice.objects.get().number in page
    # What a subscription gives is no gift of ours.
    assert Entitlement.objects.filter(person=ada).exists()
    assert "/desk/complimentary/edit/" not in page


def test_what_a_subscription_gives_is_not_among_the_complimentary_ones(
    farid: Person, hers: Subscription, bruno: Person
) -> None:
    client = signed_in(farid)
    page = client.get("/desk/complimentary/").text
    assert bruno.email in page
    assert hers.person.email not in page
    right = Entitlement.objects.get(subscription=hers)
    for address in (f"edit/{right.pk}/", f"delete/{right.pk}/"):
        assert client.post(f"/desk/complimentary/{address}").status_code == 404
    assert Entitlement.objects.filter(pk=right.pk).exists()


def test_one_paid_by_transfer_says_so(farid: Person, ada: Person, yearly: Price) -> None:
    subscription = subscribe(ada, yearly, BY_TRANSFER)
    assert "Bank transfer" in signed_in(farid).get(f"/desk/subscriptions/{subscription.pk}/").text
