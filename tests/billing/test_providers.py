"""What the renewal engine and a provider are to each other, whoever that is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from broadsheet.billing import providers
from broadsheet.billing.models import Checkout, Invoice, Payment
from broadsheet.billing.providers.protocol import Declined, Done, Pending
from broadsheet.demo.till.till import Till
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import Price
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.shop import BY_TRANSFER, card, checkout, minute_passes, subscribe

START = datetime(2027, 3, 5, 9, tzinfo=UTC)
RENEWAL = START + timedelta(days=32)
MINUTE = timedelta(minutes=1)


class Distant(Till):
    """A provider at the other end of a line: it gives the answers that a test has prepared."""

    name = "distant"

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.keys: list[str] = []

    def charge(self, mandate: object, invoice: object, key: str) -> Any:
        return self._answer(key)

    def refund(self, payment: object, amount: object, key: str) -> Any:
        return self._answer(key)

    def _answer(self, key: str) -> Any:
        self.keys.append(key)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def distant(monkeypatch: pytest.MonkeyPatch) -> Distant:
    distant = Distant()
    monkeypatch.setitem(providers._registered, Distant.name, distant)
    return distant


def test_a_charge_that_is_pending_is_asked_for_again_by_the_same_key(
    ada: Person, monthly: Price, distant: Distant
) -> None:
    distant.answers = [Pending(), Pending(), Done("ch_1")]
    with clock.moved_to(START):
        subscribe(ada, monthly, provider=distant.name)
    for minutes in range(4):
        with clock.moved_to(RENEWAL + minutes * MINUTE):
            minute_passes()
    assert len(distant.keys) == 3
    assert len(set(distant.keys)) == 1
    assert Payment.objects.filter(reference="ch_1").count() == 1
    assert not Invoice.objects.unpaid().exists()


def test_a_charge_whose_answer_is_lost_leaves_its_invoice_and_is_asked_for_by_the_same_key(
    ada: Person, monthly: Price, distant: Distant
) -> None:
    distant.answers = [ConnectionError("reset"), Done("ch_1")]
    with clock.moved_to(START):
        subscribe(ada, monthly, provider=distant.name)
    with clock.moved_to(RENEWAL), pytest.raises(ExceptionGroup):
        minute_passes()
    number = Invoice.objects.unpaid().get().number
    with clock.moved_to(RENEWAL + MINUTE):
        minute_passes()
    assert Payment.objects.get(reference="ch_1").invoice.number == number
    assert len(set(distant.keys)) == 1


def test_another_try_has_another_key(ada: Person, monthly: Price, distant: Distant) -> None:
    distant.answers = [Declined("The bank declined the charge.", "ch_1"), Done("ch_2")]
    with clock.moved_to(START):
        subscribe(ada, monthly, provider=distant.name)
    for days in (0, 4):
        with clock.moved_to(RENEWAL + timedelta(days=days)):
            minute_passes()
    assert len(set(distant.keys)) == 2
    assert Payment.objects.filter(reference__startswith="ch_").count() == 2


def test_a_refund_that_the_provider_declines_is_not_recorded(
    ada: Person, farid: Person, monthly: Price, distant: Distant
) -> None:
    distant.answers = [Declined("The card is closed.")]
    subscribe(ada, monthly, provider=distant.name)
    payment = Payment.objects.get()
    with pytest.raises(Refused, match="The card is closed"):
        payment.refund(payment.left, farid, "As they asked")
    payment.refresh_from_db()
    assert (payment.refunded, Invoice.objects.count()) == (0, 1)


def test_whoever_puts_in_a_card_is_charged_by_its_provider_from_then_on(ada: Person, monthly: Price) -> None:
    with clock.moved_to(START):
        subscription = subscribe(ada, monthly, BY_TRANSFER)
        invoice = Invoice.objects.get()
        checkout(ada, None, purpose=Checkout.Purpose.PAY, due=invoice.total, invoice=invoice).fulfil(card())
    subscription.refresh_from_db()
    assert subscription.provider == "till"
    with clock.moved_to(RENEWAL):
        minute_passes()
    assert set(Payment.objects.values_list("provider", "method")) == {("till", "card")}
    assert not Invoice.objects.unpaid().exists()
