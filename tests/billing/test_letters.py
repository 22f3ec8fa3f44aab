"""What is written to subscribers: every kind of letter, lived through in both editions."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve

from broadsheet.billing import intents
from broadsheet.billing.models import Invoice, Mandate, Payment, Seller
from broadsheet.billing.notice_kinds import CardNotice, InvoiceNotice
from broadsheet.billing.providers.transfer import record_transfer
from broadsheet.contact.notice_kinds import MoveNotice
from broadsheet.demo.till.till import Later
from broadsheet.editorial.letters.notice_kinds import LetterNotice
from broadsheet.membership.lengths import Term, Unit
from broadsheet.membership.models import (
    Actor,
    Gift,
    Market,
    Offer,
    OfferPlacement,
    Plan,
    Price,
    Subscription,
    Verb,
    Withdrawal,
)
from broadsheet.membership.notice_kinds import (
    ComplimentaryNotice,
    GiftNotice,
    GroupNotice,
    OwnerNotice,
    SubscriptionNotice,
    WithdrawalNotice,
)
from broadsheet.membership.prices import replace_price
from broadsheet.newsletters.notice_kinds import MailboxNotice
from broadsheet.notices import kinds
from broadsheet.notices.models import Notice
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import introduce
from tests.languages.plain_english import english_in_notices
from tests.shop import BY_TRANSFER, buy, card, minute_passes, subscribe

BEGIN = datetime(2026, 3, 2, 3, tzinfo=UTC)
"""Ten in the evening of the day before in New York; three in the morning in London."""

# What letters say is the same on any database; what they are written about has tests of its own.
pytestmark = [pytest.mark.usefixtures("magazine"), pytest.mark.sqlite]


@dataclass
class Shop:
    """What an edition sells, and how it writes money and days."""

    edition: str
    yearly: Price
    monthly: Price
    fund: Price
    money: Callable[[str], str]
    day: Callable[[date], str]
    first: date
    """Of `BEGIN`, by the clock of the edition."""


def american(day: date) -> str:
    short = ["Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."]
    return f"{short[day.month - 1]} {day.day}, {day.year}"


def british(day: date) -> str:
    return f"{day.day} {day:%b} {day.year}"


@pytest.fixture(params=["en-us", "en-gb"])
def shop(request: pytest.FixtureRequest, digital: Plan) -> Shop:
    """The British one adds a fifth in tax to its prices."""
    edition: str = request.param
    is_american = edition == "en-us"
    sold: dict[str, Any] = {"edition": edition, "currency": "USD" if is_american else "GBP"}
    if not is_american:
        Market.objects.create(edition=edition, tax_name="VAT", tax_rate=2000, tax_included=False)
    seller: Seller = Seller.load()
    seller.name, seller.address, seller.iban = "The Meridian Press", "14 Quayside", "GB00 MERI 0000"
    seller.time_zone = "America/New_York" if is_american else "Europe/London"
    seller.save()
    fund = Plan.objects.create(name="The Fund", kind=Plan.Kind.DONATION)
    return Shop(
        edition,
        Price.objects.create(plan=digital, amount=4000, term=Term.YEAR, **sold),
        Price.objects.create(plan=digital, amount=500, term=Term.MONTH, **sold),
        Price.objects.create(plan=fund, amount=900, term=Term.YEAR, **sold),
        money=lambda amount: ("$" if is_american else "£") + amount,
        day=american if is_american else british,
        first=date(2026, 3, 1) if is_american else date(2026, 3, 2),
    )


@dataclass
class Life:
    """Time goes on for one reader, and the letters that they get are looked at one by one."""

    shop: Shop
    person: Person
    box: list[Any]

    def letters(self) -> list[Any]:
        """What has come since the last time; what one minute does is written about in the next."""
        minute_passes()
        minute_passes()
        found = list(self.box)
        self.box.clear()
        for letter in found:
            self.check(letter)
        return found

    def only(self, subject: str) -> Any:
        (letter,) = self.letters()
        assert letter.subject == subject
        return letter

    def check(self, letter: Any) -> None:
        """Holds for each: the text and the HTML say the same, and all links lead somewhere."""
        html = letter.alternatives[0].content
        plain = " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())
        for line in filter(None, map(str.strip, letter.body.splitlines())):
            for part in line.split(": ") if not line.startswith("http") else []:
                assert part.removesuffix(":") in plain, (part, plain)
        links = re.findall(r"^http://[^/]+(/\S*)$", letter.body, re.MULTILINE)
        for path in links:
            resolve(
                path.partition("?")[0].removeprefix("/uk")
                if path.startswith("/uk")
                else path.partition("?")[0]
            )
        assert "None" not in letter.body
        assert "{" not in letter.body
        assert "%" not in letter.body.replace("%20", "")

    def day(self, days: int) -> str:
        return self.shop.day(self.shop.first + timedelta(days=days))


@pytest.fixture
def life(shop: Shop, mailoutbox: list[Any]) -> Iterator[Life]:
    with clock.moved_to(BEGIN):
        person = introduce("Wanda Quist", "wanda@reader.example")
        mailoutbox.clear()
        yield Life(shop, person, mailoutbox)
        assert english_in_notices() == {}


def after(days: float) -> Any:
    return clock.moved_to(BEGIN + timedelta(days=days, hours=1))


def total(shop: Shop, net: str, taxed: str) -> str:
    return shop.money(net if shop.edition == "en-us" else taxed)


def test_every_kind_of_notice_has_a_writer() -> None:
    registered = {name for name, __ in kinds.choices()}
    assert registered == {
        *LetterNotice,
        *SubscriptionNotice,
        *GiftNotice,
        *GroupNotice,
        *OwnerNotice,
        *ComplimentaryNotice,
        *MoveNotice,
        *WithdrawalNotice,
        *InvoiceNotice,
        *CardNotice,
        *MailboxNotice,
    }


def test_receipt_pause_and_return(life: Life) -> None:
    shop, person = life.shop, life.person
    subscription = subscribe(person, shop.yearly)
    receipt = life.only(f"Receipt for invoice {Invoice.objects.get().number}")
    paid = total(shop, "40.00", "48.00")
    assert f"Amount: {paid}" in receipt.body
    assert f"Paid on: {life.day(0)}" in receipt.body
    assert f"Paid until: {life.day(365)}" in receipt.body
    ((name, contents, media_type),) = receipt.attachments
    assert (name, media_type) == (f"{Invoice.objects.get().number}.pdf", "application/pdf")
    assert contents.startswith(b"%PDF")

    intents.ask(subscription, Verb.PAUSE, Actor.reader(person), until=BEGIN + timedelta(weeks=4))
    paused = life.only(f"Your subscription is paused until {life.day(28)}")
    assert "Paid time kept for you: 365 days" in paused.body
    with after(20):
        assert not life.letters()
    with after(21):
        back = life.only(f"Your subscription resumes on {life.day(28)}")
        assert f"The next payment is due on {life.day(28 + 365)}." in back.body
    with after(28):
        resumed = life.only("Your subscription has resumed")
        assert "Welcome back. You can read without limit again." in resumed.body


def test_cancelling_undoing_and_the_end(life: Life) -> None:
    subscription = subscribe(life.person, life.shop.yearly)
    life.letters()
    intents.ask(subscription, Verb.CANCEL, Actor.reader(life.person))
    cancelled = life.only("We have received your cancellation")
    assert f"You can read without limit until {life.day(365)}." in cancelled.body
    assert "\nUndo the cancellation:\nhttp" in "\n" + cancelled.body
    intents.ask(subscription, Verb.KEEP, Actor.reader(life.person))
    kept = life.only("Your subscription continues")
    assert f"It renews on {life.day(365)}, at {total(life.shop, '40', '48')} a year." in kept.body
    intents.ask(subscription, Verb.CANCEL, Actor.reader(life.person))
    life.letters()
    with after(340):
        assert not life.letters()
    with after(366):
        ended = life.only("Your subscription has ended")
        prefix = "" if life.shop.edition == "en-us" else "/uk"
        assert f"{prefix}/subscribe/" in ended.body


def test_a_cancellation_that_was_undone_at_once_is_not_announced(life: Life) -> None:
    subscription = subscribe(life.person, life.shop.yearly)
    life.letters()
    intents.ask(subscription, Verb.CANCEL, Actor.reader(life.person))
    intents.ask(subscription, Verb.KEEP, Actor.reader(life.person))
    life.only("Your subscription continues")


def test_the_renewal_is_announced_with_its_price_a_month_before(life: Life) -> None:
    subscribe(life.person, life.shop.yearly)
    life.letters()
    with after(334):
        assert not life.letters()
    with after(335):
        renewal = life.only(f"Your subscription renews on {life.day(365)}")
        assert f"Price: {total(life.shop, '40', '48')} a year" in renewal.body
        assert "/account/" in renewal.body
    with after(365):
        receipt = life.only("Receipt for invoice 2027-00001")
        assert f"Paid until: {life.day(731)}" in receipt.body


def test_the_end_of_an_offer_is_announced_with_what_follows(life: Life) -> None:
    offer = Offer.objects.create(
        name="Spring", code="SPRING", price=life.shop.yearly, amount=100, count=6, unit=Unit.WEEK
    )
    subscribe(life.person, life.shop.yearly, offer=offer)
    life.letters()
    with after(36):
        ends = life.only(f"Your first offer ends on {life.day(42)}")
        assert f"Price: {total(life.shop, '40', '48')} a year" in ends.body
        assert "If you cancel before that day, nothing is charged." in ends.body


def test_the_end_of_a_trial_is_announced(life: Life) -> None:
    Price.objects.update(trial_days=21)
    life.shop.yearly.refresh_from_db()
    subscribe(life.person, life.shop.yearly, trial=True)
    assert not life.letters()
    with after(15):
        life.only(f"Your trial ends on {life.day(21)}")


def test_a_new_price_is_announced_with_the_old_one(life: Life) -> None:
    subscribe(life.person, life.shop.yearly)
    life.letters()
    replace_price(life.shop.yearly, 5000, renewals_from=BEGIN + timedelta(days=100))
    with after(330):
        letter = life.only(f"The price of your subscription changes on {life.day(365)}")
    old, new = total(life.shop, "40", "48"), total(life.shop, "50", "60")
    assert f"Digital costs {new} a year instead of {old} a year." in letter.body


def test_a_declined_charge_an_end_and_the_way_to_pay(life: Life) -> None:
    subscribe(life.person, life.shop.monthly, card(Later.DECLINE))
    life.letters()
    with after(32):
        failed = life.only("Your payment did not go through")
        due = Invoice.objects.unpaid().get()
        assert f"Amount: {total(life.shop, '5.00', '6.00')}" in failed.body
        assert "The bank declined the charge." in failed.body
        assert f"/account/invoices/{due.number}/pay/" in failed.body
        assert "you can keep reading until" in failed.body.lower()
    for days in (36, 41):
        with after(days):
            life.only("Your payment did not go through")
    with after(47):
        ended, *_others = life.letters()[::-1]
        assert ended.subject == "Your subscription has ended"
        assert "because a payment was not made. Nothing more is due." in ended.body


def test_an_invoice_by_transfer_overdue_and_paid(life: Life, farid: Person) -> None:
    subscribe(life.person, life.shop.yearly, BY_TRANSFER)
    bill = Invoice.objects.get()
    letter = life.only(f"Invoice {bill.number}, due by {life.day(14)}")
    assert "IBAN or account number: GB00 MERI 0000" in letter.body
    assert f"Reference: {bill.number}" in letter.body
    assert letter.attachments[0][0] == f"{bill.number}.pdf"
    with after(15):
        overdue = life.only(f"Invoice {bill.number} is overdue")
        assert f"Was due by: {life.day(14)}" in overdue.body
        assert "your subscription ends." in overdue.body
        bill.refresh_from_db()
        record_transfer(bill, bill.money, "statement 7", Actor.staff(farid, "statement 7"))
        life.only(f"Receipt for invoice {bill.number}")


def test_a_card_that_expires_is_announced_with_the_way_to_another(life: Life) -> None:
    subscribe(life.person, life.shop.yearly, card(expires_on=date(2026, 5, 31)))
    life.letters()
    with after(62):
        letter = life.only(f"Your card expires on {life.shop.day(date(2026, 5, 31))}")
        assert "The card ending in 4242, which pays for Digital, expires soon." in letter.body
        assert "/account/subscription/card/" in letter.body


def test_changes_extensions_and_refunds(life: Life, farid: Person) -> None:
    shop, person = life.shop, life.person
    subscription = subscribe(person, shop.yearly)
    life.letters()
    intents.ask(subscription, Verb.CHANGE, Actor.reader(person), price=shop.monthly)
    later = life.only("Your subscription has changed")
    assert f"changes to Digital, monthly with its next term, on {life.day(365)}." in later.body
    intents.ask(subscription, Verb.CHANGE, Actor.reader(person), price=shop.yearly)
    assert "Your subscription stays as it is: Digital, yearly." in life.only(later.subject).body
    subscription.extend(Actor.staff(farid, "A late paper"), days=10)
    extended = life.only("Time was added to your subscription")
    assert f"until {life.day(375)}." in extended.body
    assert "late paper" not in extended.body  # that is between the staff
    payment = Payment.objects.get()
    payment.refund(payment.money.share(1, 4), farid, "Goodwill")
    refund = life.only(f"We have refunded {total(shop, '10.00', '12.00')}")
    note = Invoice.objects.get(kind="credit")
    assert f"Credit note: {note.number}" in refund.body
    assert refund.attachments[0][0] == f"{note.number}.pdf"
    assert "Goodwill" not in refund.body


def test_the_next_price_of_who_stays_is_said(life: Life) -> None:
    offer = Offer.objects.create(
        name="Stay", placement=OfferPlacement.SAVE, code="STAY", price=life.shop.yearly, amount=2000, count=12
    )
    subscription = subscribe(life.person, life.shop.yearly)
    life.letters()
    subscription.take_save_offer(offer, Actor.reader(life.person))
    assert f"Price: {total(life.shop, '20', '24')} a year" in life.only("Your subscription has changed").body


def test_a_change_that_is_paid_is_said_with_its_receipt(life: Life) -> None:
    subscription = subscribe(life.person, life.shop.monthly)
    life.letters()
    due = total(life.shop, "35.00", "42.00")
    buy(
        life.person,
        life.shop.yearly,
        purpose="change",
        subscription=subscription,
        credit=500,
        due=3500 if life.shop.edition == "en-us" else 4200,
    )
    changed, receipt = sorted(life.letters(), key=lambda letter: letter.subject, reverse=True)
    assert "Your subscription is now Digital, yearly." in changed.body
    assert f"Amount: {due}" in receipt.body


def test_a_gift_is_announced_to_both_and_its_end_to_its_reader(life: Life, ada: Person) -> None:
    to_nina: dict[str, Any] = {
        "recipient_name": "Nina",
        "recipient_email": "nina@reader.example",
        "message": "For the long\nwinter",
        "deliver_at": BEGIN + timedelta(days=3),
    }
    buy(life.person, life.shop.yearly, purpose="gift", buyer_name="Wanda Quist", **to_nina)
    gift = Gift.objects.get()
    receipt = life.only(f"Receipt for invoice {Invoice.objects.get().number}")
    assert f"Gift code: {gift.code}" in receipt.body
    assert f"We will send it to nina@reader.example on {life.day(3)}." in receipt.body
    with after(3):
        letter = life.only("Wanda Quist gives you a subscription")
        assert letter.to == ["nina@reader.example"]
        assert "Wanda Quist gives you a year of Digital" in letter.body
        assert "“For the long\nwinter”" in letter.body
        prefix = "" if life.shop.edition == "en-us" else "/uk"
        assert f"{prefix}/redeem/?code={gift.code}" in letter.body
    with after(5):
        gift.redeem(ada)
        assert not life.letters()
    with after(5 + 352):
        ends = life.only(f"Your gift ends on {life.day(5 + 365)}")
        assert ends.to == [ada.email]
        assert "nothing is charged" in " ".join(ends.body.split())


def test_a_withdrawal_is_confirmed_with_day_and_time(life: Life) -> None:
    Withdrawal(
        edition=life.shop.edition, name="Wanda", email="wanda@reader.example", contract="S-1"
    ).receive()
    letter = life.only("We have received your withdrawal")
    when = "March 1, 2026, 10 p.m. EST" if life.shop.edition == "en-us" else "2 Mar 2026, 03:00 GMT"
    assert f"Received: {when}" in letter.body


def test_letters_about_donations_do_not_speak_of_reading(life: Life) -> None:
    donation = subscribe(life.person, life.shop.fund, purpose="donate", due=900)
    seen = life.letters()
    intents.ask(donation, Verb.CANCEL, Actor.reader(life.person))
    seen += life.letters()
    intents.ask(donation, Verb.KEEP, Actor.reader(life.person))
    seen += life.letters()
    with after(335):
        seen += life.letters()
    Mandate.objects.update(reference=Later.DECLINE)
    with after(366):
        seen += life.letters()
    intents.ask(donation, Verb.END, Actor.reader(life.person))
    seen += life.letters()
    subjects = [letter.subject for letter in seen]
    assert subjects[1:] == [
        "Your donation has ended",
        "Your donation continues",
        f"Your donation is due again on {life.day(365)}",
        "Your payment did not go through",
        "Your donation has ended",
    ]
    for letter in seen:
        assert not re.search("subscription|read on|read without", letter.body), letter.body
        assert life.shop.money("9") in letter.body or "due again" not in letter.subject


def test_no_letter_is_written_twice_however_often_the_minute_passes(life: Life) -> None:
    subscribe(life.person, life.shop.yearly)
    assert len(life.letters()) == 1
    for __ in range(3):
        assert not life.letters()
    assert Notice.objects.filter(sent_at__isnull=False).count() == 1
    assert Subscription.objects.count() == 1


def test_in_a_letter_all_links_lead_to_pages(life: Life) -> None:
    subscribe(life.person, life.shop.yearly, card(Later.DECLINE))
    with after(366):
        found = life.letters()
    client = Client()
    client.force_login(life.person)
    for letter in found:
        for path in re.findall(r"^http://[^/]+(/\S*)$", letter.body, re.MULTILINE):
            assert client.get(path).status_code == 200, path


def test_a_renewal_at_a_shorter_offer_says_for_how_long_and_what_then(life: Life) -> None:
    shop, person = life.shop, life.person
    stay: dict[str, Any] = {
        "placement": OfferPlacement.SAVE,
        "price": shop.yearly,
        "amount": 2000,
        "unit": Unit.MONTH,
    }
    offer = Offer.objects.create(name="Stay", code="STAY", count=1, **stay)
    subscription = subscribe(person, shop.yearly)
    life.letters()
    with after(300):
        subscription.take_save_offer(offer, Actor.reader(person))
        life.letters()
    with after(340):
        letter = life.only(f"Your subscription renews on {life.day(365 + shop.first.year % 4 // 3)}")
    first, then = total(shop, "20", "24"), total(shop, "40", "48")
    assert f"Price: {first} for a month, then {then} a year" in letter.body


def test_a_failed_payment_gives_the_reason_of_the_last_try(life: Life) -> None:
    subscription = subscribe(life.person, life.shop.monthly, card(Later.DECLINE))
    life.letters()
    with clock.moved_to(subscription.term_ends_at + timedelta(minutes=1)):
        assert "declined the charge" in life.only("Your payment did not go through").body
    Mandate.objects.update(reference=Later.CONFIRM)
    with clock.moved_to(subscription.term_ends_at + timedelta(days=3, minutes=2)):
        confirm = life.only("Your bank wants you to confirm a payment")
        assert "Nothing is charged before you do." in confirm.body
        assert "try again" not in confirm.body
