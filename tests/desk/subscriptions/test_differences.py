import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from wagtail.models import ModelLogEntry

from broadsheet.billing.models import Difference, Dispute, Payment
from broadsheet.membership.models import Price
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import introduce, signed_in
from tests.shop import subscribe


@pytest.fixture
def dispute(ada: Person, yearly: Price, settings: Settings) -> Difference:
    """Of Ada's payment, to be answered. Nothing is asked of Stripe."""
    settings.STRIPE_KEY = "sk_test_of_nobody"
    subscribe(ada, yearly)
    Payment.objects.update(provider="stripe", reference="pi_1")
    payment = Payment.objects.get()
    Dispute.objects.create(
        reference="dp_1",
        payment=payment,
        amount=4000,
        currency="USD",
        reason="fraudulent",
        answer_by=clock.now(),
    )
    Difference.objects.find(Difference.Kind.DISPUTE, "dp_1", payment, "$40.00")
    found: Difference = Difference.objects.get()
    return found


def test_a_dispute_says_what_to_do_and_where(farid: Person, dispute: Difference) -> None:
    client = signed_in(farid)
    page = client.get(f"/desk/differences/{dispute.pk}/").text
    assert "Answer it at Stripe before the day named there" in page
    assert "https://dashboard.stripe.com/test/disputes/dp_1" in page
    assert Payment.objects.get().invoice.number in page
    assert "1 difference with Stripe" in client.get("/desk/").text
    assert "a dispute to answer" in client.get("/desk/").text


def test_a_payment_leads_to_its_page_at_stripe(farid: Person, dispute: Difference) -> None:
    assert dispute.payment
    page = signed_in(farid).get(f"/desk/invoices/{dispute.payment.invoice_id}/").text
    assert "https://dashboard.stripe.com/test/payments/pi_1" in page
    assert "Disputed: $40.00: To be answered" in page


def test_it_is_settled_with_a_reason_and_logged(farid: Person, dispute: Difference) -> None:
    client = signed_in(farid)
    client.post(f"/desk/differences/{dispute.pk}/settle/", {"why": "Answered at Stripe"})
    dispute.refresh_from_db()
    assert (dispute.settled_by, dispute.why) == (farid, "Answered at Stripe")
    assert ModelLogEntry.objects.filter(action="difference.settle").exists()
    assert "difference with Stripe" not in client.get("/desk/").text
    page = client.get(f"/desk/differences/{dispute.pk}/").text
    assert "Next step" not in page


def test_differences_are_found_by_stripes_reference_and_by_the_buyer(
    farid: Person, dispute: Difference
) -> None:
    Difference.objects.find(Difference.Kind.UNKNOWN, "pi_other")
    other = Difference.objects.get(reference="pi_other")
    client = signed_in(farid)
    for query in ("dp_1", "ada@"):
        page = client.get("/desk/differences/", {"q": query}).text
        assert f"/desk/differences/{dispute.pk}/" in page, query
        assert f"/desk/differences/{other.pk}/" not in page, query


def test_the_list_takes_the_same_queries_however_long_it_is(
    farid: Person, dispute: Difference, yearly: Price
) -> None:
    client = signed_in(farid)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get("/desk/differences/").status_code == 200
        return len(found)

    queries()
    few = queries()
    for number in range(5):
        subscribe(introduce(f"Reader {number}", f"r{number}@reader.example"), yearly)
        Difference.objects.find(Difference.Kind.AMOUNT, f"pi_{number}", Payment.objects.latest("pk"))
    assert queries() == few
