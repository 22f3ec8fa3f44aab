"""One mailbox is one account, from the form in which it is typed to the server that takes its mail."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from broadsheet.delivery.models import Lane
from broadsheet.delivery.smtp import Relay
from broadsheet.delivery.spool import Spool
from broadsheet.people.models import MailedCode, Person
from harness.smtp_server import SmtpServer
from tests.cast import PASSWORD, introduce
from tests.delivery.worker_process import work
from tests.people.conftest import ask, code_in, is_signed_in, link_in, new_browser, page, sign_in

BEA = "bea@xn--mnchen-3ya.example"
BEAS_WAYS = ["bea@münchen.example", "Bea@xn--mnchen-3ya.example", "bea@mu\u0308nchen.example", f"{BEA}\u200b"]
NEVER_POSTED = [
    "ada@☕.ws",
    "ada@[192.0.2.1]",
    '"<b>"@x.example',
    "a@localhost",
    "x" * 65 + "@reader.example",
    "İada@reader.example",
    "=?utf-8?q?ada?=@mail.example",
    "ada@\u2028mail.example",
    f"ada@{'é' * 62}.example",
]


@pytest.fixture
def server(settings: Settings) -> Iterator[SmtpServer]:
    settings.MAILERS = {"default": {"BACKEND": "broadsheet.delivery.mailer.PostRoomBackend"}}
    with SmtpServer() as server:
        yield server


def test_one_mailbox_is_one_account_however_it_is_typed(db: None, mailoutbox: list[Any]) -> None:
    for typed in BEAS_WAYS:
        assert sign_in(new_browser(), typed, mailoutbox).status_code == 303
    assert Person.objects.get().email == BEA
    assert {letter.to[0] for letter in mailoutbox} == {BEA}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("typed", "mailbox"),
    [
        ("bea@münchen.example", BEA),
        ("ada@straße.example", "ada@xn--strae-oqa.example"),
        ("ada@faß.de", "ada@xn--fa-hia.de"),
        ("ada@reader.example\u200b", "ada@reader.example"),
    ],
)
def test_what_the_form_takes_the_mail_server_gets(
    typed: str, mailbox: str, server: SmtpServer, tmp_path: Any
) -> None:
    browser = new_browser()
    assert ask(browser, typed).status_code == 303
    work(Spool(tmp_path / "post"), server.port, Lane.LETTERS)
    (taken,) = server.to(mailbox)
    assert taken.message["To"] == mailbox
    assert browser.post("/account/code/", {"code": code_in(taken.message)}).status_code == 303
    assert Person.objects.get().email == mailbox


@pytest.mark.django_db(transaction=True)
def test_letters_beyond_ascii_go_where_the_server_takes_them(
    server: SmtpServer, tmp_path: Any, settings: Settings
) -> None:
    answer = ask(new_browser(), "jörg@reader.example")
    assert answer.status_code == 400
    assert "takes only plain letters before the @" in page(answer)

    settings.SMTP = Relay.at(f"smtp://127.0.0.1:{server.port}?tls=no&utf8=yes")
    assert ask(new_browser(), "Jo\u0308rg@reader.example").status_code == 303
    work(Spool(tmp_path / "post"), server.port, Lane.LETTERS)
    assert [taken.recipient for taken in server.taken] == ["jörg@reader.example"]


@pytest.mark.parametrize("typed", NEVER_POSTED)
def test_nobody_is_told_of_a_message_that_cannot_be_posted(
    typed: str, browser: Client, mailoutbox: list[Any]
) -> None:
    answer = ask(browser, typed)
    assert answer.status_code == 400
    assert "does not look like an e-mail address" in page(answer)
    assert not mailoutbox
    assert not MailedCode.objects.exists()


@pytest.mark.parametrize("typed", BEAS_WAYS)
def test_a_password_goes_with_the_mailbox(typed: str, browser: Client) -> None:
    introduce("Bea", "bea@münchen.example")
    browser.post("/account/sign-in/", {"login": typed, "password": PASSWORD})
    assert is_signed_in(browser)


def test_pages_show_the_address_as_its_owner_writes_it(browser: Client, mailoutbox: list[Any]) -> None:
    ask(browser, "bea@münchen.example")
    assert "<strong>bea@münchen.example</strong>" in page(browser.get("/account/code/"))
    assert "b•••@münchen.example" in page(new_browser().get(link_in(mailoutbox[-1])))
    browser.post("/account/code/", {"code": code_in(mailoutbox[-1])})
    assert "bea@münchen.example" in page(browser.get("/account/"))


def test_an_account_moves_to_the_mailbox_not_to_its_spelling(ada: Person, mailoutbox: list[Any]) -> None:
    introduce("Bea", BEA)
    browser = new_browser()
    sign_in(browser, ada.email, mailoutbox)
    browser.post("/account/address/", {"email": "bea@münchen.example"})
    assert mailoutbox[-1].to == [BEA]
    answer = browser.post("/account/address/code/", {"code": code_in(mailoutbox[-1])})
    assert "Another account has this address" in page(answer)


def test_the_desk_finds_a_reader_by_either_spelling(db: None) -> None:
    bea = introduce("Bea", BEA)
    assert list(Person.objects.called("bea@münchen.example")) == [bea]
    assert list(Person.objects.called(BEA)) == [bea]


@pytest.mark.parametrize("typed", BEAS_WAYS)
def test_the_command_line_keeps_the_same_form(typed: str, db: None) -> None:
    call_command("staff", "add", typed, "--role", "editor")
    call_command("createsuperuser", "--no-input", "--email", "root@münchen.example")
    assert {person.email for person in Person.objects.all()} == {BEA, "root@xn--mnchen-3ya.example"}


@pytest.mark.parametrize("typed", NEVER_POSTED)
def test_the_command_line_refuses_the_same_addresses(typed: str, db: None) -> None:
    with pytest.raises(CommandError):
        call_command("staff", "add", typed, "--role", "editor")
    with pytest.raises((CommandError, ValidationError)):
        call_command("createsuperuser", "--no-input", "--email", typed)
    assert not Person.objects.exists()
