"""Every page, letter and document names the same day of a subscription: that of its own zone.

Whatever the zone, the hour and the term. The seller and the staff live elsewhere.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from wagtail.users.models import UserProfile

from broadsheet.billing import intents
from broadsheet.billing.documents import pdf_of
from broadsheet.billing.models import Seller
from broadsheet.editorial.models import Edition
from broadsheet.membership.lengths import Term
from broadsheet.membership.models import Actor, Plan, Price, Verb
from broadsheet.notices.posting import post_due
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.billing.counter import browser, words_of
from tests.cast import signed_in
from tests.examples import EXAMPLES
from tests.magazine import Magazine
from tests.shop import buy, minute_passes

SHORT = ["Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."]
DAY_NAMED = re.compile(rf"(?:{'|'.join(map(re.escape, SHORT))})\s\d+,\s\d{{4}}")
ZONES = [
    "America/New_York",
    "Europe/London",
    "Asia/Kolkata",
    "Pacific/Kiritimati",
    "Pacific/Marquesas",
    "America/Santiago",
    "Australia/Lord_Howe",
]
SELLERS = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)
AS_SCRIPT = {"Accept": "application/json"}


def named(day: date) -> str:
    return f"{SHORT[day.month - 1]} {day.day}, {day.year}"


def days_in(text: str) -> set[str]:
    return {" ".join(found.split()) for found in DAY_NAMED.findall(text)}


def months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


hours = st.one_of(
    st.times(max_value=time(2)), st.times(min_value=time(22)), st.times(), st.just(time(23, 59, 59))
)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        mail.outbox.clear()
        yield
        transaction.set_rollback(True)


def letters() -> list[str]:
    """The new ones, each with its subject."""
    mail.outbox.clear()
    post_due()
    return [f"{letter.subject}\n{letter.body}" for letter in mail.outbox]


def test_every_page_and_letter_names_the_same_days(
    magazine: Magazine, ada: Person, farid: Person, digital: Plan
) -> None:
    prices = {
        term: Price.objects.create(plan=digital, edition="en-us", amount=500, currency="USD", term=term)
        for term in (Term.MONTH, Term.YEAR)
    }
    seller: Seller = Seller.load()
    seller.time_zone = SELLERS.key
    seller.save()
    UserProfile.objects.create(user=farid, current_time_zone="Asia/Tokyo")
    reader, desk = browser(ada), signed_in(farid)

    @given(
        zone=st.sampled_from(ZONES).map(ZoneInfo),
        day=st.dates(date(2026, 12, 1), date(2029, 12, 31)),
        hour=hours,
        term=st.sampled_from(list(prices)),
        weeks=st.integers(1, 12),
    )
    @settings(
        max_examples=max(EXAMPLES // 25, 4),
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],  # a life takes seconds: to shrink one takes many minutes
        suppress_health_check=[HealthCheck.too_slow],
    )
    def told(zone: ZoneInfo, day: date, hour: time, term: Term, weeks: int) -> None:
        with undone():
            Edition.objects.update(time_zone=zone.key)
            start = datetime.combine(day, hour, zone)
            live(reader, desk, magazine, prices[term], start, weeks)

    told()


def live(reader: Client, desk: Client, magazine: Magazine, price: Price, start: datetime, weeks: int) -> None:
    """From the order through a pause to the end, and what everybody is told meanwhile."""
    zone = start.tzinfo
    assert isinstance(zone, ZoneInfo)
    ada = Person.objects.get(email="ada@reader.example")
    first = start.date()
    end = months_after(first, Term(price.term).months)
    sold_on = start.astimezone(SELLERS).date()

    def account_page() -> str:
        return words_of(reader.get("/account/")).partition("Where you are signed in")[0]

    def account() -> set[str]:
        return days_in(account_page().partition("Your invoices")[0])

    def of_record() -> set[str]:
        page = desk.get(f"/desk/subscriptions/{subscription.pk}/").text.partition("<main")[2]
        return days_in(page.partition(">Invoices<")[0])

    def row() -> set[str]:
        return days_in(desk.get("/desk/subscriptions/").text.partition("<main")[2])

    # It is bought.
    with clock.stopped_at(start):
        order = words_of(reader.get(reverse("checkout", args=[price.pk])))
        assert f"From {named(end)} it renews" in order
        assert days_in(order) == {named(end)}
        bought = buy(ada, price)
        subscription = bought.subscription
        assert subscription
        assert days_in(bought.consent) == {named(end)}
        assert days_in(words_of(reader.get(reverse("checkout_done", args=[bought.pk])))) == {named(end)}
        (receipt,) = letters()
        assert days_in(receipt) == {named(end), named(sold_on)}
        assert account() == {named(end)}
        invoice = bought.invoice
        assert invoice
        assert invoice.number.startswith(f"{sold_on.year}-")
        printed = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf_of(invoice))).pages)
        assert days_in(printed) == {named(sold_on), named(first), named(end - timedelta(days=1))}
        assert days_in(account_page().partition("Your invoices")[2]) == {named(sold_on)}
        assert days_in(words_of(reader.get("/account/subscription/cancel/"))) == {named(end)}
        assert of_record() <= {named(first), named(end)}
        assert row() == {named(first), named(end)}
        exported = desk.get("/desk/subscriptions/?export=csv").getvalue().decode()
        assert f",{first},{end}," in exported

    # It is paused, and comes back.
    now = subscription.later(start, days=3)
    with clock.stopped_at(now):
        form = words_of(reader.get("/account/subscription/pause/"))
        until = subscription.later(clock.now(), days=7 * weeks)
        intents.ask(subscription, Verb.PAUSE, Actor.reader(ada), until=until)
        back = first + timedelta(days=3 + 7 * weeks)
        following = subscription.on(subscription.paid_until)
        assert weeks not in {1, 2, 3, 4, 6, 8, 12} or f"resumes on {named(back)}" in form
        assert weeks not in {1, 2, 3, 4, 6, 8, 12} or f"next payment on {named(following)}" in form
        (letter,) = letters()
        assert days_in(letter) == account() == {named(back)}
        article = magazine.for_subscribers
        wall = reader.post(f"/read/{article.uuid}", headers=AS_SCRIPT).json()["html"]
        assert days_in(wall.partition("Your subscription is paused until")[2]) == {named(back)}
        paused = named(first + timedelta(days=3))
        assert of_record() <= {named(first), named(end), paused, named(back)}
        assert row() == {named(first), named(back)}
    if weeks > 2:
        with clock.moved_to(subscription.later(until, days=-7) + MINUTE):
            (letter,) = letters()
            assert days_in(letter) == {named(back), named(following)}
    with clock.moved_to(until + MINUTE / 2):
        minute_passes()
    with clock.moved_to(until + MINUTE):
        (letter,) = letters()
        assert days_in(letter) == account() == {named(following)}

    # It is cancelled, and ends.
    subscription.refresh_from_db()
    with clock.moved_to(until + 2 * MINUTE):
        intents.ask(subscription, Verb.CANCEL, Actor.reader(ada))
        (letter,) = letters()
        assert days_in(letter) == account() == {named(following)}
    with clock.moved_to(subscription.term_ends_at + MINUTE):
        minute_passes()
        assert account() == {named(following)}
        assert named(following) in row()
