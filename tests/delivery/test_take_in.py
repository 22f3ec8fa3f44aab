"""`broadsheet take_in`, as a mail server’s pipe runs it."""

import os
import subprocess
import sys
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from django.core.management import call_command

from broadsheet.delivery import keys
from broadsheet.delivery.message import return_path
from broadsheet.delivery.models import Bounce, Recipient, Suppression
from tests.delivery.envelopes import DOMAIN, path_of, submitted
from tests.delivery.intake import samples


def take_in(monkeypatch: pytest.MonkeyPatch, raw: bytes, **options: str) -> str:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(raw)))
    said = StringIO()
    call_command("take_in", stdout=said, **options)
    return said.getvalue()


@pytest.mark.django_db
def test_a_returned_message_is_taken_in_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    ada = submitted("ada@reader.example")
    raw = samples.POSTFIX.replace(samples.OURS.encode(), path_of(ada).encode())
    assert take_in(monkeypatch, raw) == "Taken in: hard: ada@reader.example\n"
    ada.refresh_from_db()
    assert ada.state == Recipient.State.BOUNCED
    assert Suppression.objects.active().of("ada@reader.example").exists()


@pytest.mark.django_db
def test_whom_the_mail_server_has_it_for_may_be_said_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    ada = submitted("ada@reader.example")
    nameless = samples.WITHOUT_ORIGINAL.replace(samples.OURS.encode(), b"undisclosed-recipients:;")
    assert take_in(monkeypatch, nameless, to=path_of(ada)) == "Taken in: soft: ada@reader.example\n"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (samples.POSTFIX, "Refused: It names no message of ours.\n"),
        (samples.ON_HOLIDAY, "Passed over: It is no report that is known.\n"),
        (b"\xff" * 1000, "Passed over: It is no report that is known.\n"),
    ],
)
def test_what_is_not_believed_or_understood_is_not_sent_back(
    monkeypatch: pytest.MonkeyPatch, raw: bytes, said: str
) -> None:
    assert take_in(monkeypatch, raw) == said
    assert not Bounce.objects.exists()


def test_while_the_database_is_away_the_mail_server_is_asked_to_try_again() -> None:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "broadsheet.settings",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
    }
    ours = return_path(keys.secret(), 7, DOMAIN)
    ended = subprocess.run(
        [sys.executable, "-m", "broadsheet.cli", "take_in"],
        input=samples.POSTFIX.replace(samples.OURS.encode(), ours.encode()),
        env=environment,
        capture_output=True,
        check=False,
    )
    assert ended.returncode == os.EX_TEMPFAIL
    assert b"The database is away" in ended.stderr
