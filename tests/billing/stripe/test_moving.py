"""Publishers who come with Stripe's own subscriptions: readers keep them, and nobody is charged twice."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from broadsheet.billing.models import Difference, Invoice, Mandate, Payment, StripeMove
from broadsheet.billing.providers.stripe.customers import customer_of
from broadsheet.membership.models import Entitlement, Price, State, Subscription
from broadsheet.people.models import Person
from tests.billing.stripe.buyers import deliver, minute
from tests.shop import subscribe
from tests.stripe_double import StripeDouble

START = datetime(2027, 3, 5, 9, tzinfo=UTC)
ENDS = START + timedelta(days=20)


def run(*options: str) -> str:
    said = StringIO()
    call_command("move_from_stripe", *options, stdout=said)
    return said.getvalue()


@pytest.fixture
def option(monthly: Price) -> str:
    return f"--price=price_old={monthly.pk}"


def old(double: StripeDouble, email: str = "nadia@reader.example", **said: object) -> str:
    found = double.books.subscribe(email, "4242424242424242", "price_old", ENDS, "Nadia Hoss", **said)
    return str(found["id"])


def test_a_dry_run_changes_nothing(double: StripeDouble, option: str, monthly: Price) -> None:
    with double.at(START):
        old(double)
        said = run(option)
    assert "moves\tDigital: $5 a month, charged by us from 2027-03-25" in said
    assert "Nothing was changed." in said
    assert not Person.objects.filter(email="nadia@reader.example").exists()
    assert not double.books.all("subscription")[0]["cancel_at_period_end"]
    assert not StripeMove.objects.exists()


def test_a_subscription_goes_on_here_where_it_ends_there(
    double: StripeDouble, option: str, monthly: Price
) -> None:
    with double.at(START):
        old(double)
        run(option, "--apply")
        subscription = Subscription.objects.get()
        assert (subscription.person.email, subscription.term_ends_at) == ("nadia@reader.example", ENDS)
        assert Entitlement.objects.filter(person=subscription.person).exists()
        assert double.books.all("subscription")[0]["cancel_at_period_end"]
        minute()
    with double.at(ENDS + timedelta(minutes=1)):
        double.books.terms_end()
        minute()
        deliver(double)
        minute()
    assert [row["amount"] for row in double.books.all("payment_intent")] == [500]
    assert Payment.objects.get().amount == 500
    assert Mandate.objects.get().last_digits == "4242"
    assert customer_of(subscription.person) == double.books.all("customer")[0]["id"]


def test_it_charges_nothing_before_the_old_one_has_ended(
    double: StripeDouble, option: str, monthly: Price
) -> None:
    with double.at(START):
        reference = old(double)
        run(option, "--apply")
        # Its reader keeps it, on a page of the old software.
        double.books.get(reference)["cancel_at_period_end"] = False
    with double.at(ENDS + timedelta(minutes=1)):
        double.books.terms_end()
        minute()
        minute()
        assert len(double.books.all("payment_intent")) == 1  # the old one’s
        assert not Payment.objects.exists()
        assert Difference.objects.get().kind == Difference.Kind.GOES_ON
    with double.at(ENDS + timedelta(days=2)):
        double.books.get(reference)["status"] = "canceled"
        minute()
    assert Payment.objects.count() == 1
    assert Difference.objects.get().settled_at


@pytest.mark.parametrize("how", ["lost", "deaf"])
def test_a_run_that_breaks_off_is_taken_up(double: StripeDouble, option: str, how: str) -> None:
    with double.at(START):
        old(double)
        old(double, "omar@reader.example")
        double.fail(how, "POST /v1/subscriptions")
        with pytest.raises(CommandError, match="run the command again"):
            run(option, "--apply")
        assert run(option, "--apply").count("\tmoved\t") == 2
        assert run(option, "--apply").count("\tmoved before\t") == 2
    assert Subscription.objects.count() == 2
    assert not Subscription.objects.cancelled().exists()


def test_one_that_its_reader_had_cancelled_ends_here_too(double: StripeDouble, option: str) -> None:
    with double.at(START):
        old(double, cancel_at_period_end=True)
        assert "ends on 2027-03-25" in run(option, "--apply")
        assert Subscription.objects.get().cancellation
    with double.at(ENDS + timedelta(minutes=1)):
        minute()
    assert Subscription.objects.get().state == State.ENDED
    assert not Invoice.objects.exists()


def test_what_can_not_be_moved_stays_and_says_why(
    double: StripeDouble, option: str, ada: Person, monthly: Price
) -> None:
    with double.at(START):
        subscribe(ada, monthly)
        old(double, "ada@reader.example")
        old(double, "late@reader.example", status="past_due")
        odd = double.books.subscribe("odd@reader.example", "4242424242424242", "price_odd", ENDS)
        none = old(double, "")
        said = run(option, "--apply")
    assert "ada@reader.example\tstays\tits reader has a subscription here already" in said
    assert "late@reader.example\tstays\tits state is past_due" in said
    assert f"{odd['id']}\todd@reader.example\tstays\tno price of ours is named for price_odd" in said
    assert f"{none}\t\tstays\tits customer has no e-mail address" in said
    assert not any(row["cancel_at_period_end"] for row in double.books.all("subscription"))


def test_prices_come_from_a_file(double: StripeDouble, monthly: Price, tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text(f"\ufeffstripe,ours\nprice_old,{monthly.pk}\n", encoding="utf-8")
    with double.at(START):
        old(double)
        assert "\tmoves\t" in run(f"--prices={file}")


@pytest.mark.parametrize("pair", ["price_old", "price_old=x", "price_old=99999"])
def test_a_wrong_pair_is_refused(double: StripeDouble, pair: str, db: None) -> None:
    with pytest.raises(CommandError):
        run(f"--price={pair}")
