from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.core.mail import EmailMessage, mailers
from pytest_django import Settings


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MAILERS = {"default": {"BACKEND": "broadsheet.delivery.mailbox.MailboxBackend"}}
    settings.MAILBOX_DIR = tmp_path / "mail"
    return settings.MAILBOX_DIR


def test_each_message_becomes_a_file_that_parses(folder: Path) -> None:
    mail = [
        EmailMessage(f"Letter {n} – naïve", "Text\n.dot", "desk@magazine.example", ["ada@reader.example"])
        for n in (1, 2)
    ]
    assert mailers.default.send_messages(mail) == 2
    files = sorted(folder.iterdir())
    parsed = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]
    assert [message["subject"] for message in parsed] == ["Letter 1 – naïve", "Letter 2 – naïve"]
    assert parsed[0].get_content().splitlines() == ["Text", ".dot"]


def test_nothing_half_written_is_left(folder: Path) -> None:
    EmailMessage("Letter", "Text", "desk@magazine.example", ["ada@reader.example"]).send()
    assert [path.suffix for path in folder.iterdir()] == [".eml"]
