"""Leaving by one click and being scanned, tried for real over HTTP, as preflight does."""

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import LazySettings
from dkim import verify
from pytest_django.live_server_helper import LiveServer

from broadsheet.delivery.message import Signer
from broadsheet.newsletters.letter.composing import letter_of
from broadsheet.newsletters.models import Issue, Mailbox, SignUp
from broadsheet.newsletters.preflight.checking import as_sent
from broadsheet.newsletters.preflight.finding import Severity
from broadsheet.newsletters.preflight.leaving import check_leaving, trial_reader
from tests.magazine import Magazine
from tests.newsletters.issues import make_issue, make_newsletter, sign_up

PEM = generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def issue_at(address: str, settings: LazySettings) -> Issue:
    settings.PUBLIC_URL = address
    settings.DKIM_KEY, settings.DKIM_DOMAIN, settings.DKIM_SELECTOR = PEM, "meridian.example", "autumn"
    return make_issue(make_newsletter(), "harbour", "reef")


def said(issue: Issue) -> list[tuple[Severity, str]]:
    with trial_reader(issue) as reader:
        message = as_sent(issue, letter_of(issue), reader)
        return [(one.severity, one.message) for one in check_leaving(message, reader)]


@pytest.mark.django_db(transaction=True)
def test_scanned_nothing_happens_and_one_click_unsubscribes(
    magazine: Magazine, live_server: LiveServer, settings: LazySettings
) -> None:
    issue = issue_at(live_server.url, settings)
    ada = sign_up(issue.newsletter)
    found = said(issue)
    assert {severity for severity, _message in found} == {Severity.NOTE}
    told = " ".join(message for _severity, message in found)
    for part in ("headers are signed", "changes nothing", "without a cookie, unsubscribes"):
        assert part in told
    ada.refresh_from_db()
    assert ada.state == SignUp.State.CONFIRMED
    assert Mailbox.objects.count() == 1


@pytest.mark.django_db
def test_a_signed_letter_is_verified_by_dkimpy(magazine: Magazine, settings: LazySettings) -> None:
    issue = issue_at("https://meridian.example", settings)
    record = Signer.of("meridian.example", "autumn", PEM).record.encode()
    with trial_reader(issue) as reader:
        message = as_sent(issue, letter_of(issue), reader)
    assert verify(message, dnsfunc=lambda name, timeout=5: record)


@pytest.mark.django_db
@pytest.mark.parametrize("production", [True, False])
def test_a_site_that_does_not_answer_is_said_to(
    magazine: Magazine, settings: LazySettings, production: bool
) -> None:
    settings.PRODUCTION = production
    found = said(issue_at("http://127.0.0.1:9", settings))
    assert found[-1][0] == (Severity.FAULT if production else Severity.WARNING)
    assert "does not answer" in found[-1][1]
