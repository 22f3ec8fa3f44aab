"""Browsers for readers, and what they find in their letter boxes."""

import re
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.5 Mobile/15E148 Safari/604.1"
)

type Letter = EmailMultiAlternatives | EmailMessage
type NewBrowser = Callable[..., Client]


def new_browser(user_agent: str = FIREFOX, **environ: Any) -> Client:
    """A browser without cookies; what it posts comes from our own pages."""
    return Client(headers={"User-Agent": user_agent, "Sec-Fetch-Site": "same-origin"}, **environ)


@pytest.fixture
def browser(db: None) -> Client:
    return new_browser()


@pytest.fixture
def phone(db: None) -> Client:
    """Another browser than `browser`, of the same person or not."""
    return new_browser(IPHONE)


def text_of(letter: Letter) -> str:
    if isinstance(letter, EmailMessage):
        text = str(letter.get_body(("plain",)).get_content())  # type: ignore[union-attr]
        return text.replace("\r\n", "\n")
    return str(letter.body)


def code_in(letter: Letter) -> str:
    found = re.search(r"^ {4}(\d{6})$", text_of(letter), re.MULTILINE)
    assert found, text_of(letter)
    return found[1]


def link_in(letter: Letter) -> str:
    """The path of the sign-in link."""
    found = re.search(r"^https?://[^/]+(/account/link/\S+/)$", text_of(letter), re.MULTILINE)
    assert found, text_of(letter)
    return found[1]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def ask(client: Client, email: str, next_path: str = "", **more: Any) -> Any:
    data = {"email": email} | ({"next": next_path} if next_path else {})
    return client.post("/account/start/", data, **more)


def sign_in(client: Client, email: str, letters: list[Any]) -> Any:
    """Asks for a code and types it."""
    ask(client, email)
    return client.post("/account/code/", {"code": code_in(letters[-1])})


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def page(response: Any) -> str:
    return str(response.content.decode())
