"""Encryption and passwords: who may be spoken to, and what is never said in the clear."""

from base64 import b64encode

import pytest

from broadsheet.delivery.smtp import Relay, Result, Security, Unreachable
from broadsheet.environment import Malformed
from harness.smtp_script import Act, Rule, Script, says
from harness.smtp_server import SmtpServer
from tests.delivery.smtp.conftest import Certified, CountingFence, envelope, envelopes, relay_of, send

STARTTLS, IMPLICIT = Security.STARTTLS, Security.IMPLICIT


def test_mail_goes_by_starttls(here: Certified) -> None:
    with SmtpServer(trust=here.server) as server:
        relay = relay_of(server, security=STARTTLS, trust=here.client)
        fence = send(server, envelopes(20), relay=relay)
    assert set(fence.results.values()) == {Result.SUBMITTED}
    assert len(server.taken) == 20
    assert server.connections == 1


def test_mail_goes_by_tls_from_the_first_byte(here: Certified) -> None:
    with SmtpServer(trust=here.server, is_implicit=True) as server:
        relay = relay_of(server, security=IMPLICIT, trust=here.client)
        large = envelope(1, message=b"Subject: x\r\n\r\n" + b"many lines\r\n" * 500_000)
        fence = send(server, [large, envelope(2)], relay=relay)
    assert set(fence.results.values()) == {Result.SUBMITTED}
    assert server.taken[0].content == large.message
    assert server.connections == 1


def turned_away(server: SmtpServer, words: str, **given: object) -> None:
    fence = CountingFence()
    with server, pytest.raises(Unreachable, match=words):
        send(server, envelopes(1), fence, relay=relay_of(server, username="ada", password="engine", **given))
    assert fence.results == {1: Result.UNSENT}
    assert server.taken == []
    said = " ".join(server.heard)
    assert "AUTH" not in said
    assert "MAIL" not in said


def test_a_server_without_starttls_gets_neither_mail_nor_password(here: Certified) -> None:
    turned_away(SmtpServer(users={"ada": "engine"}), "STARTTLS", security=STARTTLS, trust=here.client)


def test_a_refused_starttls_is_not_gone_without(here: Certified) -> None:
    refuse = Script((Rule("starttls", says("454 4.7.0 Not now")),))
    server = SmtpServer(refuse, trust=here.server, users={"ada": "engine"})
    turned_away(server, "Not now", security=STARTTLS, trust=here.client)


@pytest.mark.parametrize("security", [STARTTLS, IMPLICIT])
def test_a_certificate_that_nobody_vouches_for_is_refused(here: Certified, security: Security) -> None:
    server = SmtpServer(trust=here.server, is_implicit=security is IMPLICIT)
    turned_away(server, "certificate verify failed", security=security)


@pytest.mark.parametrize("security", [STARTTLS, IMPLICIT])
def test_a_certificate_of_another_host_is_refused(elsewhere: Certified, security: Security) -> None:
    server = SmtpServer(trust=elsewhere.server, is_implicit=security is IMPLICIT)
    turned_away(server, "certificate is not valid", security=security, trust=elsewhere.client)


def test_what_is_said_before_the_encryption_is_not_taken_for_said_within(here: Certified) -> None:
    # Somebody on the way adds to the reply, for the client to read once it believes itself alone.
    added = Act("220 2.0.0 Go ahead\r\n250-post.example\r\n250 AUTH PLAIN")
    server = SmtpServer(Script((Rule("starttls", added),)), trust=here.server, users={"ada": "engine"})
    turned_away(server, "out of turn", security=STARTTLS, trust=here.client)


@pytest.mark.parametrize("mechanisms", ["PLAIN LOGIN", "PLAIN", "LOGIN"])
def test_a_known_name_and_password_are_let_in(here: Certified, mechanisms: str) -> None:
    server = SmtpServer(trust=here.server, users={"ada": "ángine="}, mechanisms=mechanisms)
    relay_given = {"security": STARTTLS, "trust": here.client, "username": "ada", "password": "ángine="}
    with server:
        fence = send(server, envelopes(2), relay=relay_of(server, **relay_given))
    assert set(fence.results.values()) == {Result.SUBMITTED}
    used = next(command for command in server.heard if command.startswith("AUTH"))
    assert used.split()[1] == mechanisms.split()[0]


def test_a_wrong_password_is_told_without_repeating_it(here: Certified) -> None:
    server = SmtpServer(trust=here.server, users={"ada": "engine"})
    relay_given = {"security": STARTTLS, "trust": here.client, "username": "ada", "password": "guess"}
    with server, pytest.raises(Unreachable, match="Who are you") as refused:
        send(server, envelopes(1), relay=relay_of(server, **relay_given))
    assert "guess" not in str(refused.value)
    assert "guess" not in repr(relay_of(server, **relay_given))
    assert b64encode(b"guess").decode() not in str(refused.value)


def test_a_server_that_knows_no_way_of_ours_to_prove_a_name_is_unreachable() -> None:
    server = SmtpServer(users={"ada": "engine"}, mechanisms="CRAM-MD5")
    with server, pytest.raises(Unreachable, match="AUTH"):
        send(server, envelopes(1), relay=relay_of(server, username="ada", password="engine"))


@pytest.mark.parametrize(
    ("url", "relay"),
    [
        ("smtp://post.example", Relay("post.example", 587, STARTTLS)),
        ("smtps://post.example", Relay("post.example", 465, IMPLICIT)),
        ("smtp://post.example:25?tls=no", Relay("post.example", 25, Security.NONE)),
        ("smtps://post.example?utf8=yes", Relay("post.example", 465, IMPLICIT, utf8=True)),
        ("smtp://a%40b:p%2Fw@post.example", Relay("post.example", 587, STARTTLS, "a@b", "p/w")),
    ],
)
def test_a_relay_is_read_from_its_url(url: str, relay: Relay) -> None:
    assert Relay.at(url) == relay


@pytest.mark.parametrize(
    "url", ["", "post.example", "http://post.example", "smtp://", "smtp://post.example?tls=maybe"]
)
def test_what_is_no_relay_is_not_read(url: str) -> None:
    with pytest.raises(Malformed):
        Relay.at(url)
