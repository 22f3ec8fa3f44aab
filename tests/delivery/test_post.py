"""`broadsheet post`, as an operator types it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from broadsheet.delivery.models import Send
from harness.smtp_script import Rule, Script, says
from harness.smtp_server import SmtpServer
from tests.database import address_of_test_database
from tests.delivery.conftest import SendTo

pytestmark = pytest.mark.django_db(transaction=True)

MESSAGE = """\
From: The Meridian <letters@meridian.example>
Subject: For {{name}}
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Dear {{name}}, à bientôt.
"""


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.POST_DIR = tmp_path / "post"


def post(folder: Path, addresses: str, url: str, message: str = MESSAGE) -> str:
    (folder / "message.eml").write_text(message, encoding="utf-8")
    (folder / "list.csv").write_text(addresses, encoding="utf-8")
    said = StringIO()
    call_command(
        *("post", "--file", folder / "message.eml", "--to-list", folder / "list.csv", "--smtp", url),
        stdout=said,
    )
    return said.getvalue().strip()


def test_a_message_goes_to_each_of_a_list(tmp_path: Path, server: SmtpServer) -> None:
    said = post(tmp_path, "name,E-Mail\nAda,ada@reader.example\n“Bruno”, bruno@reader.example \n", server.url)

    assert said.endswith(": 2 submitted")
    bruno = server.to("bruno@reader.example")[0].message
    assert bruno["Subject"] == "For “Bruno”"
    assert bruno.get_content().splitlines() == ["Dear “Bruno”, à bientôt."]
    assert bruno["To"] == "bruno@reader.example"
    assert bruno["Message-ID"] != server.to("ada@reader.example")[0].message["Message-ID"]
    assert server.taken[0].sender.startswith("bounces+")
    assert server.taken[0].sender.endswith("@meridian.example")


def test_a_list_without_headings_is_one_of_addresses(tmp_path: Path, server: SmtpServer) -> None:
    message = MESSAGE.replace("{{name}}", "readers")
    post(
        tmp_path,
        "ada@reader.example\n\nbruno@reader.example,ignored\nADA@reader.example\n",
        server.url,
        message,
    )
    assert sorted(taken.recipient for taken in server.taken) == ["ada@reader.example", "bruno@reader.example"]


def test_the_same_message_to_the_same_list_is_not_sent_again(tmp_path: Path, server: SmtpServer) -> None:
    for _ in range(2):
        said = post(tmp_path, "address,name\nada@reader.example,Ada\n", server.url)
        assert said.endswith(": 1 submitted")
    assert len(server.taken) == 1


def test_what_the_server_refused_is_counted(tmp_path: Path) -> None:
    with SmtpServer(Script((Rule("rcpt", says("550 5.1.1 Nobody"), to="bruno"),))) as server:
        said = post(
            tmp_path, "address,name\nada@reader.example,A\nbruno@reader.example,B\nnobody,C\n", server.url
        )
    assert said.endswith(": 1 refused, 1 skipped, 1 submitted")


@pytest.mark.parametrize(
    ("addresses", "message", "reason"),
    [
        ("", MESSAGE, r"list\.csv is empty\."),
        ("name\nAda\n", MESSAGE, r"list\.csv has no column with the heading “address”\."),
        (
            "ada@reader.example\n",
            "Good morning\n",
            r"message\.eml is no message: it needs at least From and Subject",
        ),
        ("ada@reader.example\n", "From: @\nSubject: Hello\n\nHello\n", "its From has no address"),
        (
            "address,name\nada@reader.example,Ada\n",
            "From: {{name}}@paper.example\nSubject: Hello\n\nHello\n",
            r"message\.eml: a token stands in From\.",
        ),
        (
            "ada@reader.example\n" + "x" * 200_000 + "\n",
            MESSAGE,
            r"list\.csv is no list: field larger than field limit",
        ),
    ],
)
def test_what_can_not_be_sent_is_said(tmp_path: Path, addresses: str, message: str, reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        post(tmp_path, addresses, "smtp://127.0.0.1:9?tls=no", message)
    assert not Send.objects.exists()


def test_a_malformed_server_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--smtp: it must begin with smtp:// or smtps://"):
        post(tmp_path, "ada@reader.example\n", "mail.example")


def test_a_send_is_held_resumed_and_stopped_by_its_number(send_to: SendTo) -> None:
    send = send_to("ada@reader.example")
    for turn, state in (("hold", "held"), ("resume", "sending"), ("stop", "stopped")):
        call_command("post", **{turn: send.pk}, stdout=StringIO())
        send.refresh_from_db()
        assert send.state == state
    with pytest.raises(CommandError, match=rf"Send {send.pk} is stopped\."):
        call_command("post", "--resume", str(send.pk))
    with pytest.raises(CommandError, match="There is no send 123456"):
        call_command("post", "--hold", "123456")


def test_it_sends_issues_and_letters_until_it_is_told_to_stop(
    send_to: SendTo, tmp_path: Path, server: SmtpServer
) -> None:
    send_to("ada@reader.example", source="file")
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "broadsheet.settings",
        "DATABASE_URL": address_of_test_database(),
        "VAR_DIR": str(tmp_path),
        "SMTP_URL": server.url,
    }
    process = subprocess.Popen([sys.executable, "-m", "broadsheet.cli", "post"], env=environment)
    try:
        end = time.monotonic() + 30
        while not server.taken and time.monotonic() < end:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    finally:
        process.kill()
        process.wait()
    assert len(server.taken) == 1
    assert not list((tmp_path / "post/journals").iterdir()), "and it leaves nothing to recover"
    assert not list((tmp_path / "post/workers").iterdir())


def test_one_mailbox_written_in_two_ways_gets_it_once(tmp_path: Path, server: SmtpServer) -> None:
    post(tmp_path, "ada@bücher.example\nAda@xn--bcher-kva.example\n", server.url)
    assert len(server.taken) == 1


def test_a_charset_that_nobody_knows_is_said(tmp_path: Path, server: SmtpServer) -> None:
    head = "From: letters@paper.example\nSubject: Hello\nMIME-Version: 1.0\n"
    kind = "Content-Type: text/plain; charset=x-unknown\nContent-Transfer-Encoding: 8bit\n\nGrüße\n"
    with pytest.raises(CommandError, match=r"message\.eml: a part of it can’t be read"):
        post(tmp_path, "ada@reader.example\n", server.url, head + kind)
    assert not Send.objects.exists()


@pytest.mark.parametrize("written", ["ada@reader.example;Ada", "ada@a.example@b.example"])
def test_what_is_more_than_one_address_is_skipped(tmp_path: Path, server: SmtpServer, written: str) -> None:
    assert post(tmp_path, f"{written}\n", server.url).endswith(": 1 skipped")
    assert not server.taken
