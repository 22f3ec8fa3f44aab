"""Two newsletters, and browsers that sign up to them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from broadsheet.newsletters.forms import pace_mark
from broadsheet.newsletters.models import Frequency, Mailbox, Newsletter, Place, SignUp
from broadsheet.platform import clock
from tests.people.conftest import new_browser, page, text_of

SIGN_UP = "/newsletters/sign-up/"


@pytest.fixture
def briefing(weekly: Newsletter) -> Newsletter:
    return Newsletter.objects.create(
        edition="en-us",
        slug="briefing",
        name="Morning Briefing",
        strapline="What happened while you slept.",
        frequency=Frequency.WEEKDAYS,
        weekly_instead=weekly,
    )


@pytest.fixture
def weekly(db: None) -> Newsletter:
    return Newsletter.objects.create(
        edition="en-us", slug="week", name="The Week", order=1, frequency=Frequency.WEEKLY, weekday=5
    )


@pytest.fixture
def browser(db: None) -> Client:
    return new_browser()


def sign_up(client: Client, email: str, *newsletters: str, **more: Any) -> Any:
    """Posts the form as somebody does who needed some seconds for it."""
    with clock.moved_to(clock.now() - timedelta(seconds=30)):
        mark = pace_mark()
    data = {"email": email, "newsletter": newsletters, "pace": mark, "place": "article"} | more
    return client.post(SIGN_UP, data)


def code_in(letter: Any) -> str:
    found = re.search(r"^Code: (\d{6})$", text_of(letter), re.MULTILINE)
    assert found, text_of(letter)
    return found[1]


def link_in(letter: Any) -> str:
    """The path of the letter's button."""
    found = re.search(r"^https?://[^/]+(/\S+)$", text_of(letter), re.MULTILINE)
    assert found, text_of(letter)
    return found[1]


def receives(email: str) -> set[str]:
    """What goes to `email`, by slug."""
    confirmed = SignUp.objects.receiving().filter(mailbox__in=Mailbox.objects.at(email))
    return set(confirmed.values_list("newsletter__slug", flat=True))


def reader(email: str, *newsletters: Newsletter, **fields: Any) -> Mailbox:
    """A mailbox that gets `newsletters`."""
    mailbox = Mailbox.objects.create(address=email, edition="en-us", **fields)
    for newsletter in newsletters:
        SignUp.objects.create(
            newsletter=newsletter,
            mailbox=mailbox,
            state="confirmed",
            place=Place.PAGE,
            confirmed_at=clock.now(),
        )
    return mailbox


__all__ = ["page"]
