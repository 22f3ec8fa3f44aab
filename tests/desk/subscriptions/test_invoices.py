import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate
from wagtail.models import ModelLogEntry

from broadsheet.billing.documents import sheet_of
from broadsheet.billing.models import Invoice, Payment
from broadsheet.membership.models import Price, State, Subscription
from broadsheet.notices.posting import post_due
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import introduce, signed_in
from tests.shop import BY_TRANSFER, days_pass, minute_passes, subscribe

REFERENCE = "STATEMENT-7/2026"


@pytest.fixture
def open_one(ada: Person, yearly: Price) -> Invoice:
    """Over 40 dollars, from Ada, to be paid by transfer."""
    return Invoice.objects.get(subscription=subscribe(ada, yearly, BY_TRANSFER))


@pytest.fixture
def paid(ada: Person, yearly: Price) -> Payment:
    """40 dollars from Ada's card."""
    return Payment.objects.get(invoice__subscription=subscribe(ada, yearly))


def pay(person: Person, invoice: Invoice, **typed: Any) -> str:
    form = {"amount": "40", "reference": REFERENCE, "day": f"{localdate(clock.now())}"} | typed
    answer = signed_in(person).post(f"/desk/invoices/{invoice.pk}/pay/", form, follow=True)
    assert answer.status_code == 200
    invoice.refresh_from_db()
    return answer.text


def refund(person: Person, payment: Payment, **typed: Any) -> str:
    form = {"amount": "40", "why": "He died"} | typed
    answer = signed_in(person).post(f"/desk/payments/{payment.pk}/refund/", form, follow=True)
    assert answer.status_code == 200
    payment.refresh_from_db()
    return answer.text


def test_an_invoice_is_marked_as_paid(farid: Person, open_one: Invoice) -> None:
    page = pay(farid, open_one, amount="$40.00")
    assert open_one.state == Invoice.State.PAID
    payment = Payment.objects.get()
    assert (payment.invoice, payment.amount, payment.reference) == (open_one, 4000, REFERENCE)
    assert REFERENCE in page
    entry = ModelLogEntry.objects.get(action="invoice.pay")
    assert entry.user == farid
    assert "$40.00" in entry.message
    assert entry.message in page


def test_it_is_paid_on_the_day_of_the_statement(farid: Person, open_one: Invoice) -> None:
    day = localdate(clock.now()) + timedelta(days=3)
    with clock.moved_to(clock.now() + timedelta(days=5)):
        pay(farid, open_one, day=f"{day}")
    assert localdate(Payment.objects.get().at) == day


def test_one_that_was_overdue_is_active_again(farid: Person, open_one: Invoice) -> None:
    subscription = open_one.subscription
    assert subscription
    with clock.moved_to(days_pass(clock.now(), 20)):
        subscription.refresh_from_db()
        assert subscription.state == State.PAST_DUE
        pay(farid, open_one)
        subscription.refresh_from_db()
        assert subscription.state == State.ACTIVE


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"amount": "39.99"}, "is for $40.00, not $39.99. Nothing was recorded."),
        ({"amount": "£40"}, "“£” is not the currency here"),
        ({"amount": "a lot"}, "Enter an amount such as 12 or 12.50."),
        ({"amount": "0.040"}, "“0.040” is not an amount in USD"),
        ({"amount": ""}, "required"),
        ({"reference": " "}, "required"),
        ({"day": "2040-01-01"}, "This day is in the future."),
        ({"day": "2020-01-01"}, "The invoice was issued after that day."),
        ({"day": "yesterday"}, "valid date"),
    ],
)
def test_a_payment_that_can_not_be_is_refused_and_what_was_typed_kept(
    farid: Person, open_one: Invoice, typed: dict[str, str], reason: str
) -> None:
    page = pay(farid, open_one, **typed)
    assert reason in page
    if "reference" not in typed:
        assert REFERENCE in page
    assert open_one.state == Invoice.State.OPEN
    assert not Payment.objects.exists()
    assert not ModelLogEntry.objects.filter(action="invoice.pay").exists()


def test_it_is_paid_once_and_a_reference_pays_one(farid: Person, open_one: Invoice, monthly: Price) -> None:
    pay(farid, open_one)
    assert "is paid already" in pay(farid, open_one, reference="ANOTHER")
    other = Invoice.objects.get(
        subscription=subscribe(introduce("Imre Novak", "imre@reader.example"), monthly, BY_TRANSFER)
    )
    assert "There is a payment with the reference" in pay(farid, other, amount="5")
    assert other.state == Invoice.State.OPEN
    assert Payment.objects.count() == 1


def test_an_invoice_is_voided_once_with_a_credit_note(farid: Person, open_one: Invoice) -> None:
    client = signed_in(farid)
    client.post(f"/desk/invoices/{open_one.pk}/void/", {"why": "Sent twice"})
    open_one.refresh_from_db()
    assert open_one.state == Invoice.State.VOID
    note = open_one.credit_notes.get()
    assert note.total == 4000
    again = client.post(f"/desk/invoices/{open_one.pk}/void/", {"why": "Sent twice"})
    assert "is void" in again.text
    assert "Sent twice" in again.text
    assert open_one.credit_notes.count() == 1
    assert note.number in client.get(f"/desk/invoices/{open_one.pk}/").text
    assert ModelLogEntry.objects.get(action="invoice.void").comment == "Sent twice"


def test_a_part_is_given_back_and_then_the_rest(farid: Person, paid: Payment) -> None:
    page = refund(farid, paid, amount="12.50")
    assert paid.left.minor == 2750
    assert "He died" in page
    assert "$27.50 can still be refunded." in signed_in(farid).get(f"/desk/payments/{paid.pk}/refund/").text
    refund(farid, paid, amount="27.50")
    assert not paid.left
    assert [note.total for note in paid.invoice.credit_notes.order_by("pk")] == [1250, 2750]
    assert ModelLogEntry.objects.filter(action="payment.refund", user=farid).count() == 2


@pytest.mark.parametrize(
    ("given_back", "state", "amount"), [("10", "Partly refunded", "$10.00"), ("40", "Refunded", "$40.00")]
)
def test_a_refunded_invoice_says_the_same_on_every_page_in_the_letter_and_the_pdf(
    farid: Person, ada: Person, paid: Payment, mailoutbox: list[Any], given_back: str, state: str, amount: str
) -> None:
    refund(farid, paid, amount=given_back)
    invoice = paid.invoice
    invoice.refresh_from_db()
    assert sheet_of(invoice).refunded == (state, amount)
    assert f", {state.lower()}" in " ".join(signed_in(ada).get("/account/").text.split())
    for page in ("/desk/invoices/", f"/desk/invoices/{invoice.pk}/"):
        tags = re.findall(r"w-status[^>]*>([^<]*)<", signed_in(farid).get(page).text)
        said = {tag.strip() for tag in tags}
        assert state in said
        assert "Paid" not in said
    post_due()
    letter = next(message for message in mailoutbox if message.subject == f"We have refunded {amount}")
    assert f"Invoice {invoice.number}: {state.lower()}" in letter.body


def test_a_refund_may_end_the_subscription(farid: Person, paid: Payment) -> None:
    subscription = paid.invoice.subscription
    assert subscription
    refund(farid, paid, amount="10")
    subscription.refresh_from_db()
    assert subscription.state == State.ACTIVE
    refund(farid, paid, amount="30", ends="on")
    subscription.refresh_from_db()
    assert subscription.state == State.ENDED
    last = subscription.transitions.last()
    assert last
    assert (last.person, last.why) == (farid, "He died")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"amount": "40.01"}, "At most $40.00 of it can be refunded."),
        ({"amount": "0"}, "Enter how much to refund."),
        ({"amount": "£5"}, "“£” is not the currency here"),
        ({"amount": ""}, "required"),
        ({"amount": "5", "why": ""}, "required"),
    ],
)
def test_a_refund_that_can_not_be_is_refused(
    farid: Person, paid: Payment, typed: dict[str, str], reason: str
) -> None:
    assert reason in refund(farid, paid, **typed)
    assert paid.refunded == 0
    assert not paid.refunds.exists()


def test_what_can_not_end_is_not_given_back_either(farid: Person, paid: Payment) -> None:
    subscription = paid.invoice.subscription
    assert subscription
    page = signed_in(farid).get(f"/desk/payments/{paid.pk}/refund/").text
    assert "End the subscription now" in page
    Subscription.objects.filter(pk=subscription.pk).update(state=State.ENDED, ended_at=clock.now())
    page = signed_in(farid).get(f"/desk/payments/{paid.pk}/refund/").text
    assert "End the subscription now" not in page


def test_its_pdf_is_downloaded(farid: Person, open_one: Invoice, carla: Person) -> None:
    address = f"/desk/invoices/{open_one.pk}/pdf/"
    answer = signed_in(farid).get(address)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{open_one.number}.pdf"'
    assert answer.content.startswith(b"%PDF-")
    assert signed_in(carla).get(address).status_code != 200


def test_invoices_and_payments_are_found_by_number_address_and_reference(
    farid: Person, open_one: Invoice, monthly: Price
) -> None:
    subscribe(introduce("Imre Novak", "imre@reader.example"), monthly)
    pay(farid, open_one)
    client = signed_in(farid)
    for listing in ("invoices", "payments"):
        for query in (open_one.number, "ada@", "ADA@reader", REFERENCE[:9]):
            page = client.get(f"/desk/{listing}/", {"q": query}).text
            assert "ada@reader.example" in page, (listing, query)
            assert "imre@reader.example" not in page, (listing, query)
        assert "ada@reader.example" not in client.get(f"/desk/{listing}/", {"q": "reader.example"}).text


def test_invoices_are_filtered_and_exported(farid: Person, open_one: Invoice, monthly: Price) -> None:
    subscribe(introduce("Imre Novak", "imre@reader.example"), monthly)
    client = signed_in(farid)
    page = client.get("/desk/invoices/?state=open").text
    assert "ada@reader.example" in page
    assert "imre@reader.example" not in page
    assert "ada@reader.example" not in client.get("/desk/invoices/?overdue=True").text
    with clock.moved_to(clock.now() + timedelta(days=20)):
        assert "ada@reader.example" in signed_in(farid).get("/desk/invoices/?overdue=True").text
    lines = client.get("/desk/invoices/?export=csv&state=open").getvalue().decode().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(f"{open_one.number},Invoice,,Open,")
    assert "40.00" in lines[1]


def test_a_payment_leads_to_its_invoice(farid: Person, paid: Payment) -> None:
    answer = signed_in(farid).get(f"/desk/payments/{paid.pk}/")
    assert answer.headers["Location"] == f"/desk/invoices/{paid.invoice_id}/"


@pytest.mark.parametrize("act", ["pay", "void"])
def test_nothing_is_done_by_looking(farid: Person, open_one: Invoice, act: str) -> None:
    query = {"why": "x", "amount": "40", "reference": "R", "day": f"{localdate(clock.now())}"}
    assert signed_in(farid).get(f"/desk/invoices/{open_one.pk}/{act}/", query).status_code == 200
    open_one.refresh_from_db()
    assert open_one.state == Invoice.State.OPEN


def test_a_subscription_runs_on_when_the_invoice_that_it_waited_for_is_voided(
    farid: Person, ada: Person, yearly: Price
) -> None:
    subscription = subscribe(ada, yearly, BY_TRANSFER)
    with clock.moved_to(clock.now() + timedelta(days=15)):
        minute_passes()
        subscription.refresh_from_db()
        assert subscription.state == State.PAST_DUE
    invoice = subscription.invoices.get()
    signed_in(farid).post(f"/desk/invoices/{invoice.pk}/void/", {"why": "Our slip"})
    subscription.refresh_from_db()
    assert subscription.state == State.ACTIVE


def test_a_second_click_gives_nothing_back_again(farid: Person, paid: Payment) -> None:
    token = signed_in(farid).get(f"/desk/payments/{paid.pk}/refund/").context["token"]
    for __ in range(2):
        refund(farid, paid, amount="10", once=token)
    assert paid.refunded == 1000
    assert "The most is" not in refund(farid, paid, amount="10", once="another")
    assert paid.refunded == 2000


def test_what_was_refused_may_be_sent_again(farid: Person, paid: Payment) -> None:
    token = signed_in(farid).get(f"/desk/payments/{paid.pk}/refund/").context["token"]
    assert "At most" in refund(farid, paid, amount="41", once=token)
    refund(farid, paid, amount="10", once=token)
    assert paid.refunded == 1000


def test_the_log_names_nobody(farid: Person, paid: Payment, ada: Person) -> None:
    refund(farid, paid, why="As asked")
    subscription = paid.invoice.subscription
    assert subscription
    form = {"count": "14", "unit": "days", "why": "As asked"}
    signed_in(farid).post(f"/desk/subscriptions/{subscription.pk}/extend/", form)
    labels = list(ModelLogEntry.objects.values_list("label", flat=True))
    assert f"Subscription {subscription.number}" in labels
    assert not any("Ada" in label or ada.email in label for label in labels)
