"""Using the code of a gift: by whom it may be, and each way in which it may not."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from broadsheet.billing.models import Payment
from broadsheet.membership.models import CLOCK, Entitlement, Gift, Price, Subscription
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.billing.counter import browser, words_of
from tests.shop import buy, subscribe

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("magazine")


@pytest.fixture(autouse=True)
def _at_noon(db: None):
    cache.clear()
    with clock.moved_to(NOON):
        yield


@pytest.fixture
def gift(bruno: Person, yearly: Price) -> Gift:
    parcel = {"recipient_name": "Ada", "recipient_email": "ada@reader.example", "message": "Read the reef."}
    bought = buy(bruno, yearly, purpose="gift", buyer_name="Bruno Keller", **parcel)
    assert bought.gift
    return bought.gift


def look(client: Client, code: str):
    return client.get("/redeem/", {"code": code})


def use(client: Client, code: str):
    return client.post("/redeem/", {"code": code})


def test_the_field_is_the_same_for_all(client: Client) -> None:
    response = client.get("/redeem/")
    assert response.headers["Cache-Control"].startswith("public")
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "csrf" not in response.text


@pytest.mark.parametrize("asked", ["get", "post"])
def test_blanks_are_no_code(client: Client, asked: str) -> None:
    response = getattr(client, asked)("/redeem/", {"code": "  "})
    assert response.status_code == 400
    assert "Enter the code of your gift." in response.text
    assert "no-store" in response.headers["Cache-Control"]


def test_a_stranger_sees_what_it_is_and_registers_first(client: Client, gift: Gift) -> None:
    response = look(client, gift.code)
    said = words_of(response)
    assert "Bruno Keller has given you a year of Digital" in said
    assert "Read the reef." in said
    assert f'name="next" value="/redeem/?code={gift.code}"' in response.text
    assert "csrf" not in response.text
    assert response.headers["Cache-Control"] == "private, no-store"


def test_a_strangers_post_uses_nothing(client: Client, gift: Gift) -> None:
    assert "First, your" in words_of(use(client, gift.code))
    gift.refresh_from_db()
    assert gift.redeemed_at is None


def test_a_reader_is_told_until_when_and_reads_from_then_on(ada: Person, gift: Gift) -> None:
    client = browser(ada)
    assert "You can read without limit until Nov. 24, 2027." in words_of(look(client, gift.code))
    response = client.post("/redeem/", {"code": gift.code}, follow=True)
    assert "The gift is yours. You can read without limit until Nov. 24, 2027." in words_of(response)
    assert Entitlement.objects.entitle(ada)


def test_it_begins_when_a_right_that_there_is_ends(bruno: Person, ada: Person, yearly: Price) -> None:
    parcel = {"recipient_name": "Bruno", "recipient_email": "bruno@reader.example"}
    gift = buy(ada, yearly, purpose="gift", **parcel).gift
    assert gift
    end = NOON + timedelta(days=10)
    Entitlement.objects.filter(person=bruno).update(ends_at=end)
    assert "until Dec. 4, 2027." in words_of(look(browser(bruno), gift.code))
    use(browser(bruno), gift.code)
    assert Entitlement.objects.end_for(bruno, NOON) == datetime(2027, 12, 4, 12, tzinfo=UTC)


def test_a_subscriber_is_told_what_it_adds_and_confirms(ada: Person, gift: Gift, yearly: Price) -> None:
    subscription = subscribe(ada, yearly)
    client = browser(ada)
    said = words_of(look(client, gift.code))
    assert "The gift adds a year to it, so that it is paid until Nov. 24, 2028." in said
    assert "Add to my subscription" in said
    use(client, gift.code)
    subscription.refresh_from_db()
    assert f"{subscription.term_ends_at:%Y-%m-%d}" == "2028-11-24"
    assert Payment.objects.filter(invoice__subscription=subscription).count() == 1


@pytest.mark.parametrize("typed", ["lower", "spaces", "run together"])
def test_a_code_is_read_as_people_write_it(ada: Person, gift: Gift, typed: str) -> None:
    written = {
        "lower": gift.code.lower(),
        "spaces": f"  {gift.code.replace('-', ' ')} ",
        "run together": gift.code.replace("-", ""),
    }[typed]
    assert "has given you a year" in words_of(look(browser(ada), written))


@pytest.mark.parametrize("code", ["K7QM-2RXA-9PDT", "nonsense", "<script>", "x" * 500, "١٢٣"])
def test_a_mistyped_code_is_nobodys(ada: Person, gift: Gift, code: str) -> None:
    response = look(browser(ada), code)
    assert response.status_code == 400
    assert "This is not a gift code." in words_of(response)


def test_a_code_used_by_somebody_else_says_when(ada: Person, carla: Person, gift: Gift) -> None:
    gift.redeem(carla)
    response = use(browser(ada), gift.code)
    assert response.status_code == 409
    assert "This code was used on Nov. 24, 2026. Each gift can be used once." in words_of(response)
    assert not Entitlement.objects.entitle(ada)


def test_who_used_it_is_led_to_what_it_gave(ada: Person, gift: Gift) -> None:
    client = browser(ada)
    use(client, gift.code)
    again = client.post("/redeem/", {"code": gift.code}, follow=True)
    assert "You have already used this code." in words_of(again)
    assert Entitlement.objects.filter(person=ada).count() == 1


def test_one_that_was_taken_back_says_so(ada: Person, farid: Person, gift: Gift) -> None:
    payment = Payment.objects.get()
    payment.refund(payment.money, farid, "Bought by mistake")
    assert "This gift was refunded" in words_of(look(browser(ada), gift.code))


def test_one_that_expired_says_when(ada: Person, gift: Gift) -> None:
    with clock.moved_to(gift.expires_at):
        assert "This gift could be used until Nov. 24, 2028." in words_of(look(browser(ada), gift.code))


def test_one_whose_subscription_is_due_is_kept_for_later(ada: Person, gift: Gift, yearly: Price) -> None:

    subscribe(ada, yearly).fall_due(CLOCK)
    response = use(browser(ada), gift.code)
    assert response.status_code == 409
    assert "A payment is due." in words_of(response)
    gift.refresh_from_db()
    assert gift.redeemed_at is None
    assert Subscription.objects.get().state == "past_due"


def test_guessing_comes_to_an_end(gift: Gift, ada: Person) -> None:
    client = browser(ada)
    statuses = [look(client, f"AAAA-AAAA-AA{number:02}").status_code for number in range(21)]
    assert statuses == [400] * 20 + [429]
    response = look(client, gift.code)
    assert response.status_code == 429
    assert "Please wait a few minutes" in words_of(response)
