"""Cards in the demo: what a publisher sees of Stripe, without a key and without asking it."""

from datetime import datetime

import pytest

from broadsheet.billing.models import Difference, Dispute, Payment
from broadsheet.demo.cards import Cards
from broadsheet.membership.models import Price, State, Subscription
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import signed_in


@pytest.fixture
def _lived(monthly: Price, yearly: Price, farid: Person) -> datetime:
    now = clock.now()
    Cards(now, farid).live()
    return now


@pytest.mark.usefixtures("_lived")
def test_charges_a_decline_a_recovery_a_refund_and_disputes_are_there() -> None:
    marguerite = Subscription.objects.get(person__email="marguerite.ashdown@reader.example")
    paid = Payment.objects.filter(invoice__subscription=marguerite).order_by("at")
    assert [row.state for row in paid] == ["succeeded", "succeeded", "succeeded", "failed", "succeeded"]
    assert marguerite.state == State.ACTIVE
    assert marguerite.term_ends_at > clock.now()
    assert set(Dispute.objects.values_list("state", flat=True)) == {Dispute.State.OPEN, Dispute.State.LOST}
    assert Difference.objects.open().count() == 2
    assert sorted(Payment.objects.filter(refunded__gt=0).values_list("refunded", flat=True)) == [2000, 4000]


@pytest.mark.usefixtures("_lived")
def test_the_desk_shows_them_and_leads_to_no_dashboard(farid: Person) -> None:
    client = signed_in(farid)
    assert "/desk/differences/" in client.get("/desk/").text
    for difference in Difference.objects.all():
        page = client.get(f"/desk/differences/{difference.pk}/").text
        assert difference.reference in page
        assert "dashboard.stripe.com" not in page


@pytest.mark.usefixtures("_lived")
def test_a_refund_says_that_there_is_no_key(farid: Person) -> None:
    payment = Payment.objects.filter(provider="stripe", state="succeeded", refunded=0).first()
    page = signed_in(farid).post(
        f"/desk/payments/{payment.pk}/refund/", {"amount": "1.00", "why": "They asked"}, follow=True
    )
    assert "STRIPE_KEY is not set here." in page.text


def test_where_no_provider_has_books_the_desk_leads_to_no_differences(farid: Person, magazine) -> None:
    assert "/desk/differences/" not in signed_in(farid).get("/desk/").text
