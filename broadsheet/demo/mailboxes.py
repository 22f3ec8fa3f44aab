"""The demo's newsletters, and some thousand readers who signed up: invented, and the same each time."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from broadsheet.demo import content, people
from broadsheet.editorial.models import Edition, Section
from broadsheet.newsletters.asking import consent_words
from broadsheet.newsletters.models import (
    Clock,
    Condition,
    Consent,
    Frequency,
    Label,
    Labelling,
    Leaving,
    Mailbox,
    Newsletter,
    Place,
    Reason,
    Segment,
    SignUp,
    Weekday,
)
from broadsheet.people.models import Person

READERS = {"us": 1_900, "uk": 1_100}
SPAN = timedelta(days=400)
BATCH = 2_000
ZONES = {
    "us": (
        "America/New_York",
        "America/Chicago",
        "America/Denver",
        "America/Los_Angeles",
        "Europe/Berlin",
        "",
    ),
    "uk": ("Europe/London", "Europe/London", "Europe/Dublin", "Asia/Kolkata", "Australia/Sydney", ""),
}
# How many of a hundred who sign up take each.
APPEAL = {"first-light": 62, "the-lamp": 21, "good-news": 44, "half-life": 26, "from-the-stone": 9}
PLACES = (Place.ARTICLE, Place.ARTICLE, Place.WALL, Place.WALL, Place.PAGE, Place.FRONT, Place.ACCOUNT)
LEAVINGS = (Leaving.PREFERENCES, Leaving.ONE_CLICK, Leaving.ONE_CLICK, Leaving.COMPLAINT)


def make_newsletters(editions: dict[str, Edition], now: datetime) -> None:
    for key, edition in editions.items():
        made = {about["slug"]: _make(edition, about, order) for order, about in enumerate(_written())}
        daily = made["first-light"]
        daily.weekly_instead = made["good-news"]
        daily.save(update_fields=["weekly_instead"])
        Readers(key, edition, made, now).sign_up()
    _make_segment()


def _make_segment() -> None:
    """Whom a letter about subscriptions would be for."""
    segment: Any = Segment(name="British readers of a year, without a subscription")
    segment.conditions = [
        Condition(about=Condition.About.EDITION, edition="en-gb"),
        Condition(about=Condition.About.READER_FOR, days=365),
        Condition(about=Condition.About.SUBSCRIPTION, is_negated=True),
    ]
    segment.save()


def _written() -> list[dict[str, Any]]:
    written: list[dict[str, Any]] = content.load("dispatches")["dispatch"]
    return written


def _make(edition: Edition, about: dict[str, Any], order: int) -> Newsletter:
    newsletter = Newsletter.objects.create(
        edition=edition.locale.language_code,
        slug=about["slug"],
        name=about["name"],
        strapline=about["strapline"],
        description=about["description"],
        written_by=about.get("written_by", ""),
        order=order,
        frequency=Frequency(about["frequency"]),
        weekday=Weekday[about["weekday"].upper()] if "weekday" in about else None,
        send_at=time.fromisoformat(about["at"]),
        clock=Clock(about["clock"]),
        sender_name=f"{about['name']} at The Meridian",
        subscribers_only=about.get("access") == "subscribers",
        opens_articles=about.get("opens_articles", False),
        is_digest=about.get("is_digest", False),
        max_items=about.get("max_items", 8),
        good_news_last=about.get("good_news_last", False),
    )
    sections = Section.objects.child_of(edition).filter(slug__in=about.get("sections", []))
    newsletter.sections.set(sections)
    return newsletter


class Readers:
    """Those of one edition."""

    def __init__(self, key: str, edition: Edition, newsletters: dict[str, Newsletter], now: datetime) -> None:
        self.key, self.edition, self.newsletters, self.now = key, edition, newsletters, now
        self.chance = Random(f"newsletters {key}")  # noqa: S311 (no secret)
        self.words = consent_words("The Meridian")

    def sign_up(self) -> None:
        mailboxes = Mailbox.objects.bulk_create(self._mailboxes(), batch_size=BATCH)
        sign_ups = SignUp.objects.bulk_create(
            (one for mailbox in mailboxes for one in self._sign_ups(mailbox)), batch_size=BATCH
        )
        Consent.objects.bulk_create(map(self._consent, sign_ups), batch_size=BATCH)
        label, _is_new = Label.objects.get_or_create(name="Founding readers")
        first = sorted(mailboxes, key=lambda mailbox: mailbox.created_at)[:40]
        Labelling.objects.bulk_create(Labelling(label=label, mailbox=mailbox) for mailbox in first)

    def _mailboxes(self) -> Iterator[Mailbox]:
        tag = self.edition.locale.language_code
        if self.key == "us":
            accounts = Person.objects.filter(email__in=[people.READER[0], people.SUBSCRIBER[0]])
            for person in accounts.order_by("pk"):
                yield self._mailbox(person.email, tag, person=person, created_at=self.now - SPAN / 2)
        for number in range(READERS[self.key]):
            # Readers become more, as they do.
            age = SPAN * (1 - self.chance.random() ** 0.6)
            yield self._mailbox(f"reader{number}@{self.key}.mail.example", tag, created_at=self.now - age)

    def _mailbox(self, address: str, edition: str, **fields: Any) -> Mailbox:
        is_there = self.now - timedelta(days=self.chance.expovariate(1 / 50))
        paused = self.chance.random() < 0.02
        return Mailbox(
            address=address,
            edition=edition,
            time_zone=self.chance.choice(ZONES[self.key]),
            seen_in=f"{max(is_there, fields['created_at']):%Y-%m}",
            paused_until=self.now + timedelta(days=self.chance.randint(3, 40)) if paused else None,
            **fields,
        )

    def _sign_ups(self, mailbox: Mailbox) -> Iterator[SignUp]:
        chosen = [slug for slug, percent in APPEAL.items() if self.chance.random() * 100 < percent]
        if mailbox.person:
            is_subscriber = mailbox.address == people.SUBSCRIBER[0]
            chosen = ["first-light", "from-the-stone" if is_subscriber else "good-news"]
        for slug in chosen or ["first-light"]:
            yield self._sign_up(mailbox, self.newsletters[slug])

    def _sign_up(self, mailbox: Mailbox, newsletter: Newsletter) -> SignUp:
        at = mailbox.created_at
        sign_up = SignUp(
            newsletter=newsletter,
            mailbox=mailbox,
            state=SignUp.State.CONFIRMED,
            place=self.chance.choice(PLACES),
            asked_at=at,
            confirmed_at=at + timedelta(minutes=self.chance.randint(1, 90)),
        )
        fate = self.chance.random()
        if mailbox.person:
            return sign_up
        if fate < 0.11:
            sign_up.state, sign_up.leaving = SignUp.State.LEFT, self.chance.choice(LEAVINGS)
            sign_up.left_at = at + (self.now - at) * self.chance.random()
            says_why = sign_up.leaving == Leaving.PREFERENCES and self.chance.random() < 0.7
            sign_up.reason = self.chance.choice(Reason.values) if says_why else ""
        elif fate < 0.13 and at > self.now - timedelta(days=6):
            sign_up.state, sign_up.confirmed_at = SignUp.State.PENDING, None
        return sign_up

    def _consent(self, sign_up: SignUp) -> Consent:
        return Consent(
            sign_up=sign_up,
            words=self.words,
            place=sign_up.place,
            given_at=sign_up.asked_at,
            confirmed_at=sign_up.confirmed_at,
        )
