"""Paying, giving back, and checkouts that the world overtook: nothing lost, nobody charged twice."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.billing.models import Buyer, Checkout, Invoice, Item, Mandate, Payment, Series
from broadsheet.billing.notice_kinds import InvoiceNotice
from broadsheet.billing.providers.transfer import record_transfer
from broadsheet.membership.errors import Refused
from broadsheet.membership.lengths import Term, Unit
from broadsheet.membership.models import (
    Actor,
    Audience,
    Consent,
    Entitlement,
    Gift,
    Market,
    Offer,
    OfferPlacement,
    OfferUse,
    Plan,
    Price,
    State,
    Subscription,
)
from broadsheet.membership.prices import replace_price
from broadsheet.notices.models import Notice
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.money import Money, Taxed
from tests.examples import many
from tests.shop import BY_TRANSFER, buy, card, checkout, days_pass, minute_passes, subscribe

START = datetime(2027, 3, 5, 9, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.fixture
def taxed(db: None) -> Market:
    """8.25 percent on top."""
    return Market.objects.create(edition="en-us", tax_name="Sales tax", tax_rate=825, tax_included=False)


def nothing_is_left(of: Checkout) -> None:
    """Of a checkout that was refused, but why."""
    of.refresh_from_db()
    assert (of.state, of.subscription, of.invoice) == (Checkout.State.REFUSED, None, None)
    assert of.fault
    assert not Payment.objects.filter(invoice__person=of.person).exists()
    assert not Consent.objects.filter(person=of.person).exists()


# --- Checkouts that the world overtook -------------------------------------------------------------


def test_a_tax_that_changed_in_the_middle_charges_nothing(ada: Person, yearly: Price, taxed: Market) -> None:
    row = checkout(ada, yearly)
    taxed.tax_rate = 900
    taxed.save()
    for means in (card(), BY_TRANSFER):
        row.state = Checkout.State.OPEN
        row.save()
        row.fulfil(means)
        nothing_is_left(row)
        assert "price changed" in row.fault
    assert not Series.objects.filter(last__gt=0).exists()


def test_a_price_that_was_replaced_in_the_middle_holds_for_who_saw_it(ada: Person, yearly: Price) -> None:
    row = checkout(ada, yearly)
    replace_price(yearly, 5000, renewals_from=None)
    row.fulfil(card())
    assert row.subscription
    assert (row.subscription.term_amount, row.subscription.amount) == (4000, 4000)


def test_an_offer_whose_price_was_replaced_in_the_middle_charges_nothing(
    ada: Person, yearly: Price, six_weeks: Offer
) -> None:
    row = checkout(ada, yearly, offer=six_weeks)
    replace_price(yearly, 5000, renewals_from=None)
    row.fulfil(card())
    nothing_is_left(row)
    assert "price changed" in row.fault
    assert not OfferUse.objects.exists()


@pytest.mark.parametrize("amount", [0, 200])
def test_an_offer_that_was_changed_in_the_middle_charges_nothing(
    ada: Person, yearly: Price, six_weeks: Offer, amount: int
) -> None:
    row = checkout(ada, yearly, offer=six_weeks)
    Offer.objects.update(amount=amount)
    Checkout.objects.get().fulfil(card())
    nothing_is_left(row)


def test_a_second_subscription_on_top_of_a_live_one_is_refused(
    ada: Person, yearly: Price, monthly: Price
) -> None:
    subscribe(ada, yearly)
    row = buy(ada, monthly)
    assert (row.state, row.fault) == (Checkout.State.REFUSED, "You already have a subscription.")
    assert Invoice.objects.count() == Payment.objects.count() == 1


def test_a_declined_checkout_is_open_for_another_try(ada: Person, yearly: Price) -> None:
    row = checkout(ada, yearly)
    row.decline("The bank declined the charge.")
    assert (row.state, Invoice.objects.count()) == (Checkout.State.OPEN, 0)
    row.fulfil(card())
    assert (row.state, row.fault) == (Checkout.State.DONE, "")
    row.decline("Too late.")
    assert row.state == Checkout.State.DONE


def test_a_checkout_that_nobody_finished_is_forgotten_after_a_day(ada: Person, yearly: Price) -> None:
    with clock.moved_to(START):
        checkout(ada, yearly)
    for days, left in ((0.9, 1), (1.1, 0)):
        with clock.moved_to(START + days * DAY):
            minute_passes()
        assert Checkout.objects.count() == left


def change(person: Person, subscription: Subscription, price: Price, credit: int) -> Checkout:
    due = Market.objects.of("en-us").taxed(Money(price.amount - credit, "USD")).total.minor
    return checkout(
        person, price, purpose=Checkout.Purpose.CHANGE, subscription=subscription, credit=credit, due=due
    )


def test_a_change_charges_the_difference_with_its_tax_to_the_cent(
    ada: Person, yearly: Price, monthly: Price, taxed: Market
) -> None:
    with clock.moved_to(START):
        subscription = subscribe(ada, monthly)
    with clock.moved_to(START + 15.5 * DAY):
        row = change(ada, subscription, yearly, subscription.unused_value().minor)
        row.fulfil(card())
    invoice = row.invoice
    assert invoice
    assert [line.amount for line in invoice.lines.all()] == [4000, -250]
    assert (invoice.net, invoice.tax, invoice.total) == (3750, 309, row.due)


def test_the_rest_of_a_term_is_counted_once_by_two_tabs(
    ada: Person, digital: Plan, yearly: Price, monthly: Price
) -> None:
    quarterly = Price.objects.create(
        plan=digital, edition="en-us", amount=1200, currency="USD", term=Term.QUARTER
    )
    with clock.moved_to(START):
        subscription = subscribe(ada, monthly)
    with clock.moved_to(START + 15 * DAY):
        tabs = [change(ada, subscription, price, 250) for price in (quarterly, yearly)]
        for tab in tabs:
            tab.fulfil(card())
    assert [tab.state for tab in tabs] == ["done", "refused"]
    assert Payment.objects.count() == 2


def test_what_was_never_paid_is_worth_nothing_to_another_plan(
    ada: Person, yearly: Price, monthly: Price
) -> None:
    with clock.moved_to(START):
        subscription = subscribe(ada, monthly, BY_TRANSFER)
    with clock.moved_to(START + DAY):
        row = change(ada, subscription, yearly, 480)
        row.fulfil(card())
    assert row.state == Checkout.State.REFUSED
    assert "unpaid invoice" in row.fault


# --- Offers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"starts_at": START + DAY}, "not begun"),
        ({"starts_at": START - 9 * DAY, "ends_at": START}, "has ended"),
        ({"limit": 0}, "used up"),
        ({"placement": OfferPlacement.SAVE}, "for subscribers"),
        ({"audience": Audience.RETURNING}, "subscribed before"),
    ],
)
def test_an_offer_that_is_not_open_is_refused_and_charges_nothing(
    ada: Person, yearly: Price, six_weeks: Offer, fields: dict[str, object], fault: str
) -> None:
    Offer.objects.update(**({"starts_at": START - 9 * DAY} | fields))
    six_weeks.refresh_from_db()
    with clock.moved_to(START):
        row = buy(ada, yearly, offer=six_weeks)
    nothing_is_left(row)
    assert fault in row.fault


def test_an_offer_in_another_currency_is_for_another_plan(
    ada: Person, digital: Plan, yearly: Price, six_weeks: Offer
) -> None:
    abroad = Price.objects.create(plan=digital, edition="en-gb", amount=3500, currency="GBP", term=Term.YEAR)
    with pytest.raises(Refused, match="another plan"):
        Subscription.objects.begin(ada, abroad, Actor.reader(ada), provider="till", offer=six_weeks)


def test_an_offer_is_there_once_for_each_reader(ada: Person, yearly: Price, six_weeks: Offer) -> None:
    subscribe(ada, yearly, offer=six_weeks).end(Actor.reader(ada))
    row = buy(ada, yearly, offer=six_weeks)
    assert "Each reader can use it once" in row.fault
    six_weeks.refresh_from_db()
    assert six_weeks.used == 1


def test_an_offer_for_new_subscribers_is_not_for_who_was_one(
    ada: Person, yearly: Price, six_weeks: Offer
) -> None:
    Offer.objects.update(audience=Audience.NEW)
    subscribe(ada, yearly).end(Actor.reader(ada))
    six_weeks.refresh_from_db()
    assert "new subscribers" in buy(ada, yearly, offer=six_weeks).fault


def test_what_somebody_took_an_offer_for_is_not_changed_after(
    ada: Person, yearly: Price, six_weeks: Offer
) -> None:
    six_weeks.amount = 200
    six_weeks.full_clean()
    subscribe(ada, yearly, offer=Offer.objects.get())
    six_weeks.refresh_from_db()
    six_weeks.line = "Another line"
    six_weeks.full_clean()
    six_weeks.amount = 200
    with pytest.raises(ValidationError, match="as they were agreed"):
        six_weeks.full_clean()


def test_the_best_offer_costs_least_a_day_and_is_open_to_the_visitor(
    ada: Person, yearly: Price, six_weeks: Offer
) -> None:
    dearer = Offer.objects.create(
        name="A month",
        code="MONTH",
        placement=OfferPlacement.SLOT,
        price=yearly,
        amount=400,
        count=1,
        unit=Unit.MONTH,
    )
    assert Offer.objects.best("en-us") == six_weeks
    assert Offer.objects.best("en-gb") is None
    subscribe(ada, yearly, offer=six_weeks).end(Actor.reader(ada))
    assert Offer.objects.best("en-us", ada) == dearer


# --- Invoices, payments, refunds -------------------------------------------------------------------


@pytest.fixture
def invoice(ada: Person, yearly: Price, taxed: Market) -> Invoice:
    """Open: 40.00 and 3.30 tax."""
    subscribe(ada, yearly, BY_TRANSFER)
    return Invoice.objects.get()


@pytest.fixture
def staff(farid: Person) -> Actor:
    return Actor.staff(farid, "On the statement")


@pytest.mark.parametrize("amount", [Money(4329, "USD"), Money(4331, "USD"), Money(4330, "GBP")])
def test_an_amount_that_does_not_add_up_is_not_recorded(
    invoice: Invoice, staff: Actor, amount: Money
) -> None:
    with pytest.raises(Refused, match="Nothing was recorded"):
        record_transfer(invoice, amount, "Statement 1", staff)
    invoice.refresh_from_db()
    assert invoice.is_open
    assert not Payment.objects.exists()


def test_an_invoice_is_paid_once(invoice: Invoice, staff: Actor) -> None:
    record_transfer(invoice, invoice.money, "Statement 1", staff)
    with pytest.raises(Refused, match="paid already"):
        record_transfer(invoice, invoice.money, "Statement 2", staff)
    assert Payment.objects.count() == 1


def test_a_reference_stands_for_one_payment(
    invoice: Invoice, staff: Actor, bruno: Person, yearly: Price
) -> None:
    subscribe(bruno, yearly, BY_TRANSFER)
    other = Invoice.objects.get(person=bruno)
    record_transfer(invoice, invoice.money, "Statement 1", staff)
    with pytest.raises(Refused, match="Statement 1 already"):
        record_transfer(other, other.money, "Statement 1", staff)
    other.refresh_from_db()
    assert other.is_open


def test_parts_of_a_refund_give_back_the_tax_of_the_whole(
    invoice: Invoice, staff: Actor, farid: Person
) -> None:
    payment = record_transfer(invoice, invoice.money, "Statement 1", staff)
    for part in (1, 1111, 7, 3211):
        payment.refund(Money(part, "USD"), farid, "As they asked")
    notes = invoice.credit_notes.all()
    assert sum(note.total for note in notes) == invoice.total
    assert sum(note.tax for note in notes) == invoice.tax
    assert all(note.net + note.tax == note.total for note in notes)
    with pytest.raises(Refused, match="At most"):
        payment.refund(Money(1, "USD"), farid, "Once more")


@given(st.integers(1, 10**6), st.integers(0, 3000), st.lists(st.integers(1, 1000), min_size=1, max_size=6))
@many
def test_any_parts_have_the_tax_of_the_whole(total: int, rate: int, cuts: list[int]) -> None:
    whole = Taxed.of(Money(total, "USD"), rate, included=True)
    payment = Payment(amount=total, currency="USD", invoice=Invoice(tax=whole.tax.minor, currency="USD"))
    parts = []
    for cut in [*(min(total, total * cut // sum(cuts)) for cut in cuts), total]:
        amount = min(cut, total - payment.refunded)
        if amount:
            parts.append(payment._part(Money(amount, "USD")))
            payment.refunded += amount
    assert sum(part.tax.minor for part in parts) == whole.tax.minor
    assert sum(part.net.minor for part in parts) == whole.net.minor
    assert all(part.net.minor >= 0 <= part.tax.minor for part in parts)


@pytest.mark.parametrize("amount", [Money(4331, "USD"), Money(0, "USD"), Money(-1, "USD"), Money(1, "GBP")])
def test_a_refund_of_too_much_of_nothing_or_in_other_money_is_refused(
    invoice: Invoice, staff: Actor, farid: Person, amount: Money
) -> None:
    payment = record_transfer(invoice, invoice.money, "Statement 1", staff)
    with pytest.raises(Refused):
        payment.refund(amount, farid, "By mistake")
    assert not payment.refunds.exists()


def test_a_refund_goes_through_after_the_account_was_erased(
    invoice: Invoice, staff: Actor, farid: Person, ada: Person
) -> None:
    payment = record_transfer(invoice, invoice.money, "Statement 1", staff)
    ada.erase()
    payment.refresh_from_db()
    payment.refund(payment.money, farid, "As they asked")
    note = Invoice.objects.get(kind=Invoice.Kind.CREDIT_NOTE)
    assert (note.total, note.buyer, note.person) == (4330, Buyer(), None)


def test_an_erased_account_leaves_its_invoices_stripped_and_what_was_open_void(
    invoice: Invoice, ada: Person
) -> None:
    ada.erase()
    rows = Invoice.objects.order_by("pk")
    assert [(row.kind, row.state) for row in rows] == [("invoice", "void"), ("credit", "paid")]
    assert {(row.buyer, row.person, row.subscription) for row in rows} == {(Buyer(), None, None)}
    for model in (Subscription, Entitlement, Consent, Checkout, Mandate):
        assert not model._default_manager.exists()
    assert not Notice.objects.exclude(person=None).exists()


def test_an_invoice_by_transfer_falls_due_on_its_day_and_is_made_up(
    ada: Person, yearly: Price, staff: Actor
) -> None:
    with clock.moved_to(START):
        subscription = subscribe(ada, yearly, BY_TRANSFER)
    days_pass(START, 14.1, step=4.7)
    subscription.refresh_from_db()
    assert subscription.state == State.PAST_DUE
    assert ada.notices.filter(kind=InvoiceNotice.OVERDUE).count() == 1
    with clock.moved_to(START + 20 * DAY):
        invoice = Invoice.objects.get()
        record_transfer(invoice, invoice.money, "Statement 1", staff)
    subscription.refresh_from_db()
    assert (subscription.state, subscription.lapses_at) == (State.ACTIVE, None)


def test_numbers_follow_one_another_though_a_sale_was_undone(ada: Person, yearly: Price) -> None:
    def issue() -> Invoice:
        items = [Item("A thing", 100)]
        return Invoice.objects.issue(items, edition="en-us", currency="USD", buyer=Buyer(), person=ada)

    @transaction.atomic
    def undone() -> None:
        issue()
        raise Refused("The bank said no.")

    with clock.moved_to(START):
        issue()
        with pytest.raises(Refused):
            undone()
        issue()
    assert sorted(Invoice.objects.values_list("number", flat=True)) == ["2027-00001", "2027-00002"]


# --- Gifts -----------------------------------------------------------------------------------------


def give(buyer: Person, price: Price, **more: object) -> Gift:
    row = buy(
        buyer,
        price,
        purpose=Checkout.Purpose.GIFT,
        recipient_name="Bea",
        recipient_email="bea@reader.example",
        **more,
    )
    assert row.gift
    return row.gift


def test_a_gift_by_transfer_has_its_code_once_it_is_paid(ada: Person, yearly: Price, staff: Actor) -> None:
    row = buy(
        ada, yearly, BY_TRANSFER, purpose="gift", recipient_name="Bea", recipient_email="b@reader.example"
    )
    assert row.gift is None
    assert row.invoice
    record_transfer(row.invoice, row.invoice.money, "Statement 1", staff)
    row.refresh_from_db()
    assert row.gift
    assert Gift.objects.find(row.gift.code.lower().replace("-", " ")) == row.gift


def test_a_code_works_once(ada: Person, bruno: Person, yearly: Price) -> None:
    gift = give(ada, yearly)
    gift.redeem(ada)
    with pytest.raises(Refused, match="used once"):
        Gift.objects.find(gift.code).redeem(bruno)
    with pytest.raises(Refused, match="not a gift code"):
        Gift.objects.find("ABCD-EFGH-JKMN")


def test_a_subscriber_who_redeems_one_has_more_of_what_they_have(ada: Person, yearly: Price) -> None:
    with clock.moved_to(START):
        subscription = subscribe(ada, yearly)
        end = subscription.term_ends_at
        give(ada, yearly).redeem(ada)
    subscription.refresh_from_db()
    assert subscription.term_ends_at == end.replace(year=end.year + 1)
    assert ada.entitlements.count() == 1


def test_gifts_in_a_chain_follow_one_another(ada: Person, monthly: Price) -> None:
    with clock.moved_to(START):
        for __ in range(3):
            give(ada, monthly).redeem(ada)
    first, second, third = ada.entitlements.order_by("starts_at")
    assert (first.ends_at, second.ends_at) == (second.starts_at, third.starts_at)
    assert f"{third.ends_at:%Y-%m-%d}" == "2027-06-05"


def test_what_is_left_of_gifts_is_added_to_a_subscription_to_the_second(
    ada: Person, monthly: Price, yearly: Price
) -> None:
    with clock.moved_to(START):
        for __ in range(2):
            give(ada, monthly).redeem(ada)
    left = ada.entitlements.latest("ends_at").ends_at - (START + 10.4 * DAY)
    with clock.moved_to(START + 10.4 * DAY):
        subscription = subscribe(ada, yearly)
    assert abs(subscription.extra - left) < 5 * SECOND
    assert abs(subscription.term_ends_at - (START + 10.4 * DAY + 366 * DAY + left)) < 5 * SECOND
    with clock.moved_to(START + 11 * DAY):
        assert ada.entitlements.live().count() == 1  # type: ignore[attr-defined]


def test_a_refunded_gift_is_of_no_use_and_a_used_one_is_not_refunded_whole(
    ada: Person, farid: Person, yearly: Price
) -> None:
    unused, used = give(ada, yearly), give(ada, yearly)
    used.redeem(ada)
    payments = {gift.pk: Payment.objects.get(invoice__gift=gift) for gift in (unused, used)}
    payments[unused.pk].refund(Money(4000, "USD"), farid, "As they asked")
    with pytest.raises(Refused, match="was refunded"):
        Gift.objects.find(unused.code).redeem(ada)
    with pytest.raises(Refused, match="was used"):
        payments[used.pk].refund(Money(4000, "USD"), farid, "As they asked")
    assert not payments[used.pk].refunds.exists()


# --- What the database itself refuses --------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (Invoice, {"total": 1}),
        (Invoice, {"kind": "credit"}),
        (Invoice, {"currency": "usd"}),
        (Payment, {"refunded": 5000}),
        (Payment, {"refunded": 1, "state": "failed"}),
        (Checkout, {"done_at": None}),
        (Checkout, {"state": "open"}),
        (Mandate, {"expires_on": None}),
        (Mandate, {"method": "transfer"}),
        (Subscription, {"state": "ended"}),
        (Subscription, {"ended_at": START}),
        (Subscription, {"state": "past_due"}),
        (Subscription, {"lapses_at": START}),
        (Subscription, {"currency": "usd"}),
        (Subscription, {"extra": -SECOND}),
        (Subscription, {"term_ends_at": START - DAY}),
        (Price, {"currency": "usd"}),
        (Price, {"replaced_from": START}),
        (Offer, {"ends_at": START - 900 * DAY}),
        (Offer, {"terms": 0}),
        (Offer, {"limit": 0}),
        (Market, {"tax_rate": 10_000}),
        (Market, {"tax_name": ""}),
    ],
)
def test_the_database_refuses_what_cannot_be(
    ada: Person,
    yearly: Price,
    six_weeks: Offer,
    model: type,
    changes: dict[str, object],
) -> None:
    with clock.moved_to(START):
        Offer.objects.update(starts_at=START)
        six_weeks.refresh_from_db()
        subscribe(ada, yearly, offer=six_weeks)
    Market.objects.create(edition="en-us", tax_name="Sales tax", tax_rate=825)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**changes)  # type: ignore[attr-defined]


def test_the_database_refuses_what_is_there_already(ada: Person, yearly: Price, six_weeks: Offer) -> None:
    subscription = subscribe(ada, yearly, offer=six_weeks)
    subscription.cancellations.create(who="reader")
    subscription.pauses.create(starts_at=START, until=START + DAY, unused=DAY)
    subscription.intents.create(verb="pause", who="reader")
    payment = Payment.objects.get()
    copies = [
        subscription,
        subscription.cancellations.get(),
        subscription.pauses.get(),
        subscription.intents.get(),
        OfferUse.objects.get(),
        Notice.objects.earliest("pk"),
        Invoice.objects.get(),
        payment,
        Mandate.objects.get(),
        yearly,
        six_weeks,
    ]
    for original in copies:
        row = type(original)._default_manager.get(pk=original.pk)
        row.pk = uuid4() if row._meta.pk.get_internal_type() == "UUIDField" else None
        row._state.adding = True
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.create(
            invoice=payment.invoice,
            state="succeeded",
            amount=100,
            currency="USD",
            provider="till",
            method="card",
            reference="Another",
        )


# --- What a hostile reading found ------------------------------------------------------------------


def test_a_gift_ordered_by_transfer_goes_out_when_it_is_paid_by_card(ada: Person, yearly: Price) -> None:
    recipient = {"recipient_name": "Bruno", "recipient_email": "bruno@reader.example"}
    ordered = buy(ada, yearly, BY_TRANSFER, purpose=Checkout.Purpose.GIFT, buyer_name="A" * 150, **recipient)
    assert ordered.invoice
    assert not Gift.objects.exists()

    paid = checkout(
        ada, None, purpose=Checkout.Purpose.PAY, due=ordered.invoice.total, invoice=ordered.invoice
    )
    paid.fulfil(card())
    assert paid.state == Checkout.State.DONE, paid.fault
    assert Gift.objects.get().recipient_email == "bruno@reader.example"


def test_what_was_given_back_of_a_term_is_credited_in_no_change(
    ada: Person, farid: Person, yearly: Price
) -> None:
    subscription = subscribe(ada, yearly)
    payment = subscription.invoices.get().payment
    assert payment
    payment.refund(Money(3000, "USD"), farid, "A slip")
    subscription.refresh_from_db()
    assert subscription.unused_value().minor in range(999, 1001)
    payment.refund(Money(1000, "USD"), farid, "The rest")
    subscription.refresh_from_db()
    assert subscription.unused_value() == Money(0, "USD")


def test_a_fault_in_one_row_keeps_no_other_from_being_renewed(
    ada: Person, bruno: Person, monthly: Price, yearly: Price
) -> None:
    with clock.moved_to(START):
        broken, whole = subscribe(ada, monthly), subscribe(bruno, monthly)
        Mandate.objects.filter(subscription=broken).delete()
    with clock.moved_to(START + 32 * DAY):
        with pytest.raises(ExceptionGroup) as raised:
            minute_passes()
        assert "Subscription has no mandate" in f"{raised.value.exceptions}"
        whole.refresh_from_db()
        assert whole.term_starts_at > START


def test_who_never_paid_may_not_order_by_invoice_again_but_by_card(ada: Person, monthly: Price) -> None:
    with clock.moved_to(START):
        subscribe(ada, monthly, BY_TRANSFER)
    end = days_pass(START, 30)
    with clock.moved_to(end):
        assert Subscription.objects.get().state == State.ENDED
        again = buy(ada, monthly, BY_TRANSFER)
        assert "is unpaid" in again.fault
        assert buy(ada, monthly).state == Checkout.State.DONE


def test_whoever_has_many_open_invoices_gets_no_further_one(ada: Person, monthly: Price) -> None:
    recipient = {"recipient_name": "Bruno", "recipient_email": "bruno@reader.example"}
    orders = [buy(ada, monthly, BY_TRANSFER, purpose=Checkout.Purpose.GIFT, **recipient) for _ in range(4)]
    assert [order.state for order in orders] == ["done", "done", "done", "refused"]
    assert Invoice.objects.count() == 3


def test_a_gift_that_expired_unused_can_be_given_back(ada: Person, farid: Person, yearly: Price) -> None:
    with clock.moved_to(START):
        buy(ada, yearly, purpose="gift", recipient_name="Nina", recipient_email="nina@reader.example")
    with clock.moved_to(START + timedelta(days=740)):
        payment = Payment.objects.get()
        payment.refund(payment.left, farid, "Never used")
    assert Gift.objects.get().revoked_at


def test_what_was_given_back_of_both_terms_is_no_credit_for_a_third(
    ada: Person, farid: Person, yearly: Price
) -> None:
    dearer = Price.objects.create(
        plan=Plan.objects.create(name="Supporter"),
        edition="en-us",
        amount=9000,
        currency="USD",
        term=Term.YEAR,
    )
    with clock.moved_to(START):
        subscription = subscribe(ada, yearly)
    with clock.moved_to(START + timedelta(days=1)):
        credit = subscription.unused_value().minor
        change = {"subscription": subscription, "credit": credit, "due": 9000 - credit}
        buy(ada, dearer, purpose=Checkout.Purpose.CHANGE, **change)
        for payment in Payment.objects.all():
            payment.refund(payment.left, farid, "All of it")
        subscription.refresh_from_db()
        assert subscription.unused_value().minor <= 4000 - credit
