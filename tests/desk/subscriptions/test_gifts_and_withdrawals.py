from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import ModelLogEntry

from broadsheet.billing.models import Checkout, Payment
from broadsheet.membership.models import Gift, Offer, Plan, Price, State, Withdrawal
from broadsheet.membership.notice_kinds import GiftNotice
from broadsheet.notices.models import Notice
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import introduce, signed_in
from tests.post import LetterBox
from tests.shop import buy, minute_passes, subscribe


def give(buyer: Person, price: Price, name: str = "Lotte") -> Gift:
    bought = buy(
        buyer,
        price,
        purpose=Checkout.Purpose.GIFT,
        recipient_name=name,
        recipient_email=f"{name.lower()}@reader.example",
    )
    assert bought.gift
    return bought.gift


@pytest.fixture
def gift(ada: Person, yearly: Price) -> Gift:
    """A year for Lotte, from Ada."""
    return give(ada, yearly)


@pytest.fixture
def withdrawal(db: None) -> Withdrawal:
    row = Withdrawal(
        edition="en-us", name="Ada Brandt", email="Ada@Reader.example", contract="Digital, last week"
    )
    row.receive()
    return row


def test_a_gift_is_found_by_code_recipient_and_giver(farid: Person, gift: Gift, yearly: Price) -> None:
    give(introduce("Imre Novak", "imre@reader.example"), yearly, "Bela")
    client = signed_in(farid)
    for query in (gift.code, gift.code.lower().replace("-", ""), "lotte@", "ada@", "Brandt"):
        page = client.get("/desk/gifts/", {"q": query}).text
        assert gift.code in page, query
        assert "bela@reader.example" not in page, query


def test_gifts_are_filtered_by_what_became_of_them(farid: Person, gift: Gift) -> None:
    client = signed_in(farid)
    assert gift.code in client.get("/desk/gifts/?state=delivered").text
    for other in ("waiting", "redeemed", "revoked"):
        assert gift.code not in client.get(f"/desk/gifts/?state={other}").text
    gift.redeem(introduce("Lotte Keller", "lotte@reader.example"))
    assert gift.code in client.get("/desk/gifts/?state=redeemed").text


def test_a_lost_letter_is_sent_again(farid: Person, gift: Gift, mail_by_smtp: LetterBox) -> None:
    minute_passes()
    before = len(mail_by_smtp.to("lotte@reader.example"))
    page = (
        signed_in(farid).post(f"/desk/gifts/{gift.pk}/send/", {"why": "She threw it away"}, follow=True).text
    )
    assert "Sent again" in page
    minute_passes()
    minute_passes()
    assert len(mail_by_smtp.to("lotte@reader.example")) == before + 1 == 2
    assert ModelLogEntry.objects.get(action="gift.send").comment == "She threw it away"


def test_the_letter_of_a_used_gift_is_not_sent_again(farid: Person, gift: Gift) -> None:
    gift.redeem(introduce("Lotte Keller", "lotte@reader.example"))
    client = signed_in(farid)
    assert f"/desk/gifts/{gift.pk}/send/" not in client.get(f"/desk/gifts/{gift.pk}/").text
    answer = client.post(f"/desk/gifts/{gift.pk}/send/", {"why": "She asked"})
    assert "Each gift can be used once." in answer.text
    assert "She asked" in answer.text
    assert not Notice.objects.filter(kind=GiftNotice.DELIVERY, sent_at=None).exists()


def test_a_gift_is_taken_back_with_its_price(farid: Person, gift: Gift) -> None:
    payment = Payment.objects.get(invoice__gift=gift)
    client = signed_in(farid)
    assert f"/desk/payments/{payment.pk}/refund/" in client.get(f"/desk/gifts/{gift.pk}/").text
    client.post(f"/desk/payments/{payment.pk}/refund/", {"amount": "40", "why": "Changed her mind"})
    gift.refresh_from_db()
    assert gift.revoked_at
    page = client.get(f"/desk/gifts/{gift.pk}/").text
    assert "Taken back" in page
    assert "Changed her mind" in page


def test_a_used_gift_is_not_taken_back(farid: Person, gift: Gift) -> None:
    gift.redeem(introduce("Lotte Keller", "lotte@reader.example"))
    payment = Payment.objects.get(invoice__gift=gift)
    answer = signed_in(farid).post(
        f"/desk/payments/{payment.pk}/refund/", {"amount": "40", "why": "Changed her mind"}
    )
    assert "Each gift can be used once." in answer.text
    payment.refresh_from_db()
    assert payment.refunded == 0


def test_open_withdrawals_come_first(farid: Person, withdrawal: Withdrawal) -> None:
    with clock.moved_to(clock.now() + timedelta(days=1)):
        newer = Withdrawal(edition="en-us", name="Imre", email="imre@reader.example", contract="Digital")
        newer.receive()
        newer.settle(farid, "No contract of this address")
    client = signed_in(farid)
    page = client.get("/desk/withdrawals/").text
    assert page.index("Ada Brandt") < page.index("Imre")
    assert "Imre" not in client.get("/desk/withdrawals/?settled=False").text
    assert "Ada Brandt" not in client.get("/desk/withdrawals/?settled=True").text
    assert "Imre" not in client.get("/desk/withdrawals/?q=ada@").text


def test_a_withdrawal_stands_beside_what_its_address_has(
    farid: Person, ada: Person, yearly: Price, withdrawal: Withdrawal
) -> None:
    address = f"/desk/withdrawals/{withdrawal.pk}/"
    client = signed_in(farid)
    assert "None." in client.get(address).text
    subscription = subscribe(ada, yearly)
    page = client.get(address).text
    assert subscription.number in page
    payment = Payment.objects.get()
    assert f"/desk/payments/{payment.pk}/refund/" in page
    client.post(f"/desk/payments/{payment.pk}/refund/", {"amount": "40", "ends": "on", "why": "Withdrew"})
    subscription.refresh_from_db()
    assert subscription.state == State.ENDED


def test_a_withdrawal_of_nobody_says_so(farid: Person, withdrawal: Withdrawal) -> None:
    page = signed_in(farid).get(f"/desk/withdrawals/{withdrawal.pk}/").text
    assert "Nobody is registered with this address." in page


def test_a_withdrawal_is_settled_once_with_a_note(farid: Person, withdrawal: Withdrawal) -> None:
    client = signed_in(farid)
    address = f"/desk/withdrawals/{withdrawal.pk}/settle/"
    assert "required" in client.post(address, {"why": ""}).text
    assert client.get(address).status_code == 200
    withdrawal.refresh_from_db()
    assert withdrawal.settled_at is None
    page = client.post(address, {"why": "Ended, and 40.00 given back"}, follow=True).text
    assert "Ended, and 40.00 given back" in page
    withdrawal.refresh_from_db()
    assert (withdrawal.settled_by, withdrawal.note) == (farid, "Ended, and 40.00 given back")
    assert "settled already" in client.post(address, {"why": "Once more"}).text
    withdrawal.refresh_from_db()
    assert withdrawal.note == "Ended, and 40.00 given back"


@pytest.mark.parametrize("address", ["gifts", "withdrawals", "plans", "offers"])
def test_a_longer_list_takes_as_many_queries(
    farid: Person, gift: Gift, withdrawal: Withdrawal, six_weeks: object, address: str
) -> None:
    client = signed_in(farid)
    client.get(f"/desk/{address}/")
    with CaptureQueriesContext(connection) as few:
        client.get(f"/desk/{address}/")
    offer = Offer.objects.get()
    for number in range(8):
        name = f"Nr{number}"
        give(introduce(name, f"{name}@buyer.example"), gift.price, name)
        Withdrawal(edition="en-us", name=name, email=f"{name}@reader.example", contract="Digital").receive()
        plan = Plan.objects.create(name=name)
        price = Price.objects.create(plan=plan, edition="en-us", amount=100, currency="USD", term="year")
        offer.pk, offer.code, offer.name, offer.price = None, name.upper(), name, price
        offer.save(force_insert=True)
    with CaptureQueriesContext(connection) as many:
        assert "Nr7" in client.get(f"/desk/{address}/").text
    assert len(many) == len(few)
