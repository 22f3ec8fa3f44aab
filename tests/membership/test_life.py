"""Reader, staff, provider and clock in any order: what must hold of subscriptions and money always holds.

The same lives each time; ``EXAMPLES=10000 bin/test tests/membership/test_life.py`` lives more of them.
"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from django.core import mail
from django.db import transaction
from django.db.models import F, Q, Sum
from django.test import override_settings
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from broadsheet.billing import intents, providers
from broadsheet.billing.models import Checkout, Invoice, Mandate, Means, Payment, Refund, Seller
from broadsheet.billing.notice_kinds import InvoiceNotice
from broadsheet.billing.providers.protocol import Declined, Done, Invoiced, Pending
from broadsheet.billing.providers.stripe.customers import customer_of
from broadsheet.billing.providers.transfer import record_transfer
from broadsheet.demo.till.till import Later, Till
from broadsheet.membership.errors import Refused
from broadsheet.membership.lengths import Term, Unit
from broadsheet.membership.models import (
    Actor,
    Change,
    Entitlement,
    Gift,
    Intent,
    Market,
    Offer,
    OfferPlacement,
    Pause,
    Plan,
    Price,
    State,
    Subscription,
    Transition,
    Verb,
)
from broadsheet.membership.notice_kinds import SubscriptionNotice
from broadsheet.membership.prices import replace_price
from broadsheet.notices.models import Notice
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.money import Money
from tests.cast import employ, introduce
from tests.examples import EXAMPLES
from tests.membership.oracle import NOTHING, Life, Note
from tests.shop import BY_TRANSFER, buy, card, checkout, minute_passes
from tests.stripe_double import StripeDouble
from tests.stripe_double.double import KEY

FIRST_DAY = datetime(2027, 1, 29, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOLERANCE = timedelta(seconds=5)
"""A step takes a while, and rows written in it differ by that."""

SILENT = (Change.BEGUN, Change.RENEWED, Change.FELL_DUE, Change.RECOVERED)
"""What a receipt or an invoice tells."""
KEYED_BY_OTHERS = (SubscriptionNotice.COMING_BACK, SubscriptionNotice.PRICE_CHANGE)
"""By a pause and a price, whose keys may be those of a transition."""


class Bank(Till):
    """A provider that takes its time: it answers when the test says so."""

    name = "bank"

    def ask(self, intent: Intent) -> Pending:
        return Pending()

    def charge(self, mandate: Mandate, invoice: Invoice, key: str) -> Done | Declined | Invoiced:
        return super().charge(mandate, invoice, key) if mandate.is_card else Invoiced()

    def answer(self, intent: Intent, fault: str = "") -> None:
        intents.conclude(intent, Declined(fault) if fault else Done())


weeks = st.integers(1, 12)
readers = st.sampled_from(["ada", "ben"])
behaviours = st.sampled_from(Later.values)


class Subscribers(RuleBasedStateMachine):
    takes_cards = "till"

    def card(self, name: str, later: str = Later.ACCEPT) -> Means:
        return card(later)

    def taker(self, means: Means, subscription: Subscription | None = None) -> str:
        """The provider of what is paid by `means`: a bank's subscribers stay with it."""
        if subscription and subscription.provider == Bank.name:
            return Bank.name
        return self.takes_cards if means.is_card else "transfer"

    @initialize()
    def open_shop(self) -> None:
        self.rollback = transaction.atomic()
        self.rollback.__enter__()
        mail.outbox.clear()
        self.now = FIRST_DAY
        self.steps = 0
        self.notes: dict[int, Note] = {}
        with clock.stopped_at(self.now):
            self.people = {
                name: introduce(f"{name.title()} Brandt", f"{name}@life.example") for name in ("ada", "ben")
            }
            self.staff = employ("Hugo Marr", "hugo@life.example", "Subscriptions manager")
            Market.objects.create(edition="en-us", tax_name="Sales tax", tax_rate=825, tax_included=False)
            Seller.objects.update_or_create(
                pk=Seller.load().pk, defaults={"name": "Seller", "address": "1 Row", "iban": "DE02"}
            )
            digital, supporter = (Plan.objects.create(name=name) for name in ("Digital", "Supporter"))
            for plan, amount, term, trial in (
                (digital, 4003, Term.YEAR, 0),
                (digital, 501, Term.MONTH, 20),
                (supporter, 1277, Term.QUARTER, 0),
            ):
                Price.objects.create(
                    plan=plan, edition="en-us", amount=amount, currency="USD", term=term, trial_days=trial
                )
            self._offer("SIX", Term.YEAR, 101, 6, Unit.WEEK, placement=OfferPlacement.SLOT)
            self._offer("HALF", Term.MONTH, 251, 1, Unit.MONTH, terms=3, limit=1)
            self._offer("STAY", Term.YEAR, 2003, 1, Unit.MONTH, placement=OfferPlacement.SAVE)

    def _offer(self, code: str, term: Term, amount: int, count: int, unit: Unit, **more: Any) -> None:
        price = Price.objects.get(term=term)
        Offer.objects.create(name=code, code=code, price=price, amount=amount, count=count, unit=unit, **more)

    def teardown(self) -> None:
        if hasattr(self, "rollback"):
            transaction.set_rollback(True)
            self.rollback.__exit__(None, None, None)

    # --- What a step is ------------------------------------------------------------------------------

    def at_once(self, step: Callable[[], object], **notes: Note) -> bool:
        """Whether `step` was done, not refused. Each is at a minute of its own, so that none coincide."""
        self.now += timedelta(minutes=1)
        with clock.stopped_at(self.now):
            try:
                with transaction.atomic():
                    step()
            except Refused:
                done = False
            else:
                done = True
        self._note(notes)
        return done

    def _note(self, notes: dict[str, Note]) -> None:
        for row in Transition.objects.exclude(pk__in=self.notes):
            self.notes[row.pk] = notes.get(row.what, Note())

    def subscription(self, name: str) -> Subscription | None:
        return Subscription.objects.filter(person=self.people[name]).live().first()

    def is_answered(self, subscription: Subscription) -> bool:
        return not Intent.objects.filter(subscription=subscription).open().exists()

    def is_paid(self, subscription: Subscription) -> bool:
        return not Invoice.objects.unpaid().filter(subscription=subscription).exists()

    def price(self, term: str) -> Price:
        return Price.objects.get(term=term, retired_at=None)

    # --- The reader ----------------------------------------------------------------------------------

    @rule(
        name=readers,
        term=st.sampled_from([Term.YEAR, Term.MONTH, Term.QUARTER]),
        code=st.sampled_from(["", "", "SIX", "HALF"]),
        trial=st.booleans(),
        is_bank=st.sampled_from([False, False, True]),
        later=behaviours | st.just("transfer"),
        twice=st.booleans(),
    )
    def subscribe(
        self, name: str, term: Term, code: str, trial: bool, is_bank: bool, later: str, twice: bool
    ) -> None:
        person, price = self.people[name], self.price(term)
        offer = Offer.objects.filter(code=code, price=price).first()
        trial = trial and not offer and bool(price.trial_days)
        means = BY_TRANSFER if later == "transfer" else self.card(name, later)
        provider = Bank.name if is_bank else self.taker(means)
        had = Subscription.objects.filter(person=person)
        is_open = not had.live().exists() and not (trial and had.exists())
        if offer:
            with clock.moved_to(self.now + timedelta(minutes=1)):
                is_open = is_open and not offer.fault_for(person)
        before = (Invoice.objects.count(), Payment.objects.count())
        left = _remainder_of_gifts(person, self.now + timedelta(minutes=1))
        begun: list[Checkout] = []

        def step() -> None:
            row = checkout(person, price, offer=offer, trial=trial, provider=provider, method=means.method)
            for __ in range(2 if twice else 1):
                row.fulfil(means)
            begun.append(row)

        note = Note(months=Term(price.term).months)
        if trial:
            note = Note(months=note.months, trial_days=price.trial_days)
        if offer:
            note = _taken(offer, note.months)
        self.at_once(step, begun=note, extended=Note(time=left))
        assert (begun[0].state == Checkout.State.DONE) == is_open, begun[0].fault
        if not is_open:
            assert before == (Invoice.objects.count(), Payment.objects.count())

    @rule(name=readers, count=weeks)
    def pause(self, name: str, count: int) -> None:
        if subscription := self.subscription(name):
            may = (
                subscription.state == State.ACTIVE
                and subscription.cancellation is None
                and self.is_paid(subscription)
                and self.is_answered(subscription)
            )
            done = self._ask(subscription, Verb.PAUSE, until=subscription.later(self.now, days=7 * count))
            assert done == may or Intent.objects.filter(subscription=subscription).open().exists()

    @rule(name=readers, verb=st.sampled_from([Verb.RESUME, Verb.CANCEL, Verb.KEEP]))
    def ask(self, name: str, verb: Verb) -> None:
        if subscription := self.subscription(name):
            self._ask(subscription, verb)

    def _ask(self, subscription: Subscription, verb: Verb, **wanted: Any) -> bool:
        by = Actor.reader(subscription.person)
        return self.at_once(lambda: intents.ask(subscription, verb, by, **wanted))

    @rule(
        name=readers,
        term=st.sampled_from([Term.YEAR, Term.MONTH, Term.QUARTER]),
        how=st.sampled_from(["card", "transfer", "later"]),
    )
    def change(self, name: str, term: Term, how: str) -> None:
        subscription, price = self.subscription(name), self.price(term)
        if subscription is None:
            return
        note = Note(months=Term(price.term).months)
        if how == "later":
            by = Actor.reader(subscription.person)
            self.at_once(lambda: intents.ask(subscription, Verb.CHANGE, by, price=price), will_change=note)
            return
        self.now += timedelta(minutes=1)
        with clock.stopped_at(self.now):
            credit = min(subscription.unused_value().minor, price.amount)
            due = Market.objects.of("en-us").taxed(Money(price.amount - credit, "USD")).total.minor
            means = self.card(name) if how == "card" else BY_TRANSFER
            begun = checkout(
                subscription.person,
                price,
                purpose=Checkout.Purpose.CHANGE,
                provider=self.taker(means, subscription),
                method=means.method,
                subscription=subscription,
                credit=credit,
                due=due,
            )
            note = Note(months=note.months, credited=credit / price.amount)
        paid = Payment.objects.count()
        self.at_once(lambda: [begun.fulfil(means) for __ in range(2)], changed=note)
        assert Payment.objects.count() - paid == (means.is_card and begun.state == Checkout.State.DONE)

    @rule(name=readers, later=behaviours)
    def change_card(self, name: str, later: str) -> None:
        if subscription := self.subscription(name):
            unpaid = Invoice.objects.unpaid().filter(subscription=subscription)
            row = checkout(
                subscription.person,
                None,
                purpose=Checkout.Purpose.CARD,
                provider=self.taker(card(), subscription),
                subscription=subscription,
                due=sum(invoice.total for invoice in unpaid),
            )
            self.at_once(lambda: row.fulfil(self.card(name, later)))
            assert self.is_paid(subscription)

    @rule(name=readers)
    def pay(self, name: str) -> None:
        for invoice in Invoice.objects.unpaid().filter(person=self.people[name]):
            more = {"invoice": invoice, "provider": self.taker(card(), invoice.subscription)}
            tabs = [
                checkout(self.people[name], None, purpose=Checkout.Purpose.PAY, due=invoice.total, **more)
                for __ in range(2)
            ]
            self.at_once(lambda tabs=tabs: [tab.fulfil(self.card(name)) for tab in tabs])
            assert [tab.state for tab in tabs] == ["done", "refused"]

    @rule(name=readers)
    def stay(self, name: str) -> None:
        subscription = self.subscription(name)
        if subscription and (offer := subscription.save_offer):
            by = Actor.reader(subscription.person)
            assert self.at_once(lambda: subscription.take_save_offer(offer, by), discounted=_taken(offer, 0))
            assert not self.at_once(lambda: subscription.take_save_offer(offer, by))

    @rule(name=readers, term=st.sampled_from([Term.YEAR, Term.MONTH]), is_card=st.booleans())
    def buy_gift(self, name: str, term: Term, is_card: bool) -> None:
        self.at_once(
            lambda: buy(
                self.people[name],
                self.price(term),
                card() if is_card else BY_TRANSFER,
                purpose=Checkout.Purpose.GIFT,
                recipient_name="Cleo",
                recipient_email="cleo@life.example",
                deliver_at=self.now + 3 * DAY,
            )
        )

    @precondition(lambda self: Gift.objects.filter(redeemed_at=None, revoked_at=None).exists())
    @rule(name=readers)
    def redeem(self, name: str) -> None:
        gift = Gift.objects.filter(redeemed_at=None, revoked_at=None).first()
        assert gift
        subscription = self.subscription(name)
        may = gift.expires_at > self.now and not (subscription and subscription.state == State.PAST_DUE)
        note = Note(months=gift.length.count)
        person = self.people[name]
        assert self.at_once(lambda: gift.redeem(person), extended=note) == may
        if may:
            assert not self.at_once(lambda: Gift.objects.find(gift.code).redeem(person))

    # --- The staff -----------------------------------------------------------------------------------

    @rule(name=readers, days=st.integers(1, 40), months=st.integers(0, 2))
    def extend(self, name: str, days: int, months: int) -> None:
        if subscription := self.subscription(name):
            by = Actor.staff(self.staff, "For the trouble")
            done = self.at_once(
                lambda: subscription.extend(by, days=days, months=months),
                extended=Note(months=months, days=days),
            )
            assert done == (subscription.state != State.PAST_DUE)

    @rule(name=readers)
    def end(self, name: str) -> None:
        if subscription := self.subscription(name):
            by = Actor.staff(self.staff, "As they asked")
            self.at_once(lambda: intents.ask(subscription, Verb.END, by))

    @rule(part=st.integers(1, 100), pick=st.integers(0, 99))
    def refund(self, part: int, pick: int) -> None:
        payments = list(Payment.objects.succeeded())
        if not payments:
            return
        payment = payments[pick % len(payments)]
        amount = Money(max(1, payment.left.minor * part // 100), "USD")
        gift = payment.invoice.gift
        keeps = gift is not None and amount == payment.left and gift.redeemed_at is not None
        late = gift is not None and amount == payment.left and gift.expires_at <= self.now
        done = self.at_once(lambda: payment.refund(amount, self.staff, "As they asked"))
        assert done == bool(payment.amount > payment.refunded - done * amount.minor and not keeps) or late

    @rule(pick=st.integers(0, 99), wrong=st.booleans())
    def find_transfer(self, pick: int, wrong: bool) -> None:
        invoices = list(Invoice.objects.unpaid())
        if not invoices:
            return
        invoice, by = invoices[pick % len(invoices)], Actor.staff(self.staff, "On the statement")
        money = invoice.money + Money(1 if wrong else 0, "USD")
        reference = str(uuid4())
        assert self.at_once(lambda: record_transfer(invoice, money, reference, by)) != wrong
        assert not wrong or Invoice.objects.get(pk=invoice.pk).is_open
        if not wrong:
            assert not self.at_once(lambda: record_transfer(invoice, money, str(uuid4()), by))

    @rule(name=readers)
    def comp(self, name: str) -> None:
        Entitlement.objects.create(
            person=self.people[name],
            starts_at=self.now,
            ends_at=self.now + 30 * DAY,
            reason="A prize",
            given_by=self.staff,
        )

    @rule(term=st.sampled_from([Term.YEAR, Term.MONTH]), tells=st.booleans())
    def replace_price(self, term: Term, tells: bool) -> None:
        price = self.price(term)
        renewals = self.now + 31 * DAY if tells else None
        assert self.at_once(lambda: replace_price(price, price.amount + 97, renewals_from=renewals))

    # --- The provider --------------------------------------------------------------------------------

    @precondition(lambda self: Intent.objects.open().exists())
    @rule(fault=st.sampled_from(["", "", "", "The bank said no."]))
    def answer(self, fault: str) -> None:
        for intent in Intent.objects.open():
            note = Note(months=Term(intent.price.term).months) if intent.price else Note()
            for __ in range(2):
                self.at_once(lambda intent=intent: Bank().answer(intent, fault), will_change=note)

    # --- The clock -----------------------------------------------------------------------------------

    @rule(step=st.sampled_from([7 * HOUR, DAY, 3 * DAY]), count=st.integers(1, 10))
    def time_passes(self, step: timedelta, count: int) -> None:
        for __ in range(count):
            self.now += step
            self._minute()

    @rule(days=st.integers(15, 400))
    def nobody_sweeps(self, days: int) -> None:
        self.now += days * DAY

    @rule()
    def sweep_twice(self) -> None:
        self._minute()
        before = len(mail.outbox)
        with clock.stopped_at(self.now):
            minute_passes()
        self._note({})
        with clock.stopped_at(self.now):
            assert not Notice.objects.due(clock.now()).exists()
        assert Subscription.objects.live().count() or len(mail.outbox) == before

    def _minute(self) -> None:
        with clock.stopped_at(self.now):
            minute_passes()
        self._note({})

    # --- What always holds ---------------------------------------------------------------------------

    @invariant()
    def entitlement_is_what_the_rows_say(self) -> None:
        for subscription in Subscription.objects.all():
            life = Life.of(subscription, self.notes)
            spans = list(subscription.entitlements.order_by("starts_at").values_list("starts_at", "ends_at"))
            spans = [span for span in spans if span[1] - span[0] > TOLERANCE]
            expected = [span for span in life.spans if span[1] - span[0] > TOLERANCE]
            assert len(spans) == len(expected), (spans, expected)
            for found, due in zip(spans, expected, strict=True):
                assert _near(found[0], due[0]), (found, due)
                assert _near(found[1], due[1]), (found, due)

    @invariant()
    def paid_time_is_conserved(self) -> None:
        for subscription in Subscription.objects.exclude(state__in=(State.ENDED, State.PAST_DUE)):
            life = Life.of(subscription, self.notes)
            entitled = sum((row.ends_at - row.starts_at for row in subscription.entitlements.all()), NOTHING)
            to_come = NOTHING
            if pause := subscription.pause:
                to_come = pause.unused
            elif not subscription.cancellation:
                end = subscription.term_ends_at
                entitled -= subscription.later(end, days=subscription.grace_days) - end
            sold = sum(
                (
                    line.ends_at - line.starts_at
                    for invoice in subscription.invoices.filter(kind=Invoice.Kind.INVOICE)
                    for line in invoice.lines.exclude(starts_at=None)
                ),
                NOTHING,
            )
            given = life.tried + life.extended + life.free - life.forfeited
            assert _near(FIRST_DAY + sold + given, FIRST_DAY + entitled + to_come), (
                sold,
                given,
                entitled,
                to_come,
            )

    @invariant()
    def what_was_given_or_paid_before_outlasts_what_was_not_paid(self) -> None:
        for person in self.people.values():
            last = Subscription.objects.filter(person=person).order_by("began_at").last()
            if last and last.state == State.ENDED:  # else it took in what was left of the one before
                left = Life.of(last, self.notes).left
                end = last.remainders.values_list("ends_at", flat=True).first()
                found = end - last.ended_at if end else NOTHING
                assert abs(found - left) < TOLERANCE, (found, left)

    @invariant()
    def nobody_has_two(self) -> None:
        for person in self.people.values():
            assert Subscription.objects.filter(person=person).exclude(state=State.ENDED).count() <= 1

    @invariant()
    def nobody_is_charged_while_paused_or_after_the_end(self) -> None:
        for pause in Pause.objects.select_related("subscription"):
            within = (pause.starts_at, pause.ended_at or self.now + DAY)
            of_it = Q(subscription=pause.subscription)
            assert not Invoice.objects.filter(
                of_it, kind=Invoice.Kind.INVOICE, issued_at__range=within
            ).exists()
            assert not Payment.objects.filter(
                invoice__subscription=pause.subscription, at__range=within
            ).exists()
        for subscription in Subscription.objects.filter(state=State.ENDED):
            last = subscription.transitions.get(to_state=State.ENDED)
            issued = subscription.invoices.filter(kind=Invoice.Kind.INVOICE)
            assert not issued.filter(issued_at__gt=last.at).exists()
            assert not issued.filter(state=Invoice.State.OPEN).exists()
            assert not Payment.objects.filter(invoice__in=issued, at__gt=last.at).exists()

    @invariant()
    def every_notice_goes_out_once(self) -> None:
        sent = Notice.objects.exclude(sent_at=None).select_related("person")
        assert Counter(notice.to for notice in sent) == Counter(
            address for message in mail.outbox for address in message.to
        )
        for row in Transition.objects.exclude(what__in=SILENT):
            told = Notice.objects.filter(
                kind__in=SubscriptionNotice, about=row.subscription_id, key=str(row.pk)
            )
            assert told.exclude(kind__in=KEYED_BY_OTHERS).count() == 1, row
        for kind, key, about in (
            (InvoiceNotice.RECEIPT, "", Payment.objects.succeeded().values_list("invoice", flat=True)),
            (InvoiceNotice.REFUND, "", Refund.objects.values_list("credit_note", flat=True)),
        ):
            told = Notice.objects.filter(kind=kind, key=key).values_list("about", flat=True)
            assert sorted(told) == sorted(about)
        assert (
            Notice.objects.filter(kind=InvoiceNotice.PAYMENT_FAILED).count()
            == Payment.objects.failed().count()
        )

    @invariant()
    def money_adds_up(self) -> None:
        invoices = Invoice.objects.filter(kind=Invoice.Kind.INVOICE)
        notes = Invoice.objects.filter(kind=Invoice.Kind.CREDIT_NOTE)
        for row in Invoice.objects.prefetch_related("lines"):
            assert row.net + row.tax == row.total
            assert sum(line.amount for line in row.lines.all()) == row.net
        paid = Payment.objects.succeeded()
        assert _sum(paid, "amount") - _sum(Refund.objects.all(), "amount") == _sum(
            invoices.filter(state__in=Invoice.PAID_FOR), "total"
        ) - _sum(notes.filter(corrects__state__in=Invoice.PAID_FOR), "total")
        for row in invoices.filter(state=Invoice.State.VOID):
            credited = notes.filter(corrects=row)
            assert (_sum(credited, "net"), _sum(credited, "tax")) == (row.net, row.tax)
        for payment in paid.filter(refunded=F("amount")):
            credited = notes.filter(corrects=payment.invoice)
            assert _sum(credited, "tax") == payment.invoice.tax

    @invariant()
    def numbers_have_no_gap(self) -> None:
        by_year: dict[str, list[int]] = {}
        for number in Invoice.objects.order_by("number").values_list("number", flat=True):
            year, __, count = number.partition("-")
            by_year.setdefault(year, []).append(int(count))
        for counts in by_year.values():
            assert counts == list(range(1, len(counts) + 1))


class AtStripe(Subscribers):
    """Cards are charged, and money sent back, by Stripe’s double, over HTTP."""

    takes_cards = "stripe"
    LATER: ClassVar[dict[str, str]] = {
        Later.ACCEPT: "",
        Later.DECLINE: "insufficient_funds",
        Later.CONFIRM: "authentication_required",
    }

    @initialize()
    def open_shop(self) -> None:
        self.double = StripeDouble()
        self.switched_on = override_settings(STRIPE_KEY=KEY, STRIPE_API=self.double.address)
        self.switched_on.enable()
        super().open_shop()
        self.double.books.now = lambda: self.now

    def teardown(self) -> None:
        super().teardown()
        self.switched_on.disable()
        self.double.close()

    def card(self, name: str, later: str = Later.ACCEPT) -> Means:
        """One that was put in and charged on Stripe's page a moment ago."""
        books, customer = self.double.books, customer_of(self.people[name])
        method = books.card("4242424242424242", customer)
        paid = books.make("pi", "payment_intent", amount=10**9, currency="usd", customer=customer)
        books.charge(paid, method["id"], is_there=True)
        books.behaviour[method["id"]].later = self.LATER[later]
        return Means(Payment.Method.CARD, paid["id"], method["id"], "4242", date(2040, 1, 31))

    @invariant()
    def both_books_agree(self) -> None:
        """What was charged without the buyer, and what was sent back, is the same there and here."""
        books = self.double.books
        charged = {
            row["id"]
            for row in books.all("payment_intent")
            if row["status"] == "succeeded" and row["metadata"].get("invoice")
        }
        ours = set(Payment.objects.succeeded().filter(provider="stripe").values_list("reference", flat=True))
        assert charged <= ours
        refunds = Refund.objects.filter(payment__provider="stripe")
        assert _sum(refunds, "amount") == sum(row["amount"] for row in books.all("refund"))


def _sum(rows: Any, field: str) -> int:
    return rows.aggregate(sum=Sum(field))["sum"] or 0


def _near(one: datetime, other: datetime) -> bool:
    return abs(one - other) < TOLERANCE


def _taken(offer: Offer, months: int) -> Note:
    is_weeks = offer.unit == Unit.WEEK
    return Note(
        months=months,
        offer_weeks=offer.count if is_weeks else 0,
        offer_months=0 if is_weeks else offer.count,
        offer_terms=offer.terms,
    )


def _remainder_of_gifts(person: Person, at: datetime) -> timedelta:
    either = Q(gift__isnull=False) | Q(remainder_of__isnull=False)
    rows = Entitlement.objects.filter(either, person=person, ends_at__gt=at)
    return sum((row.ends_at - max(row.starts_at, at) for row in rows), NOTHING)


def live(machine: type[Subscribers], examples: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(providers._registered, Bank.name, Bank())
    lives = settings(
        max_examples=max(1, examples),
        stateful_step_count=40,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],  # making a life shorter takes many times as long as finding it
    )
    run_state_machine_as_test(machine, settings=lives)


@pytest.mark.django_db
def test_whatever_happens_in_whatever_order(monkeypatch: pytest.MonkeyPatch) -> None:
    live(Subscribers, EXAMPLES // 120, monkeypatch)


@pytest.mark.django_db
def test_it_is_the_same_where_stripe_takes_the_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    live(AtStripe, EXAMPLES // 250, monkeypatch)
