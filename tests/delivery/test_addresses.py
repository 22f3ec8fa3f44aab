"""Which addresses there are, and when two of them are one."""

import re

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import assume, given
from hypothesis import strategies as st
from pytest_django import Settings

from broadsheet.delivery.addresses import (
    NotAnAddress,
    NotForOurServer,
    canonical,
    fingerprint,
    reachable,
    readable,
    tidied,
)
from broadsheet.delivery.models import Recipient, Suppression
from broadsheet.delivery.smtp import Relay
from broadsheet.delivery.smtp.capabilities import path
from tests.delivery.conftest import SendTo
from tests.examples import many

BEA = "bea@xn--mnchen-3ya.example"

GOOD = [
    ("Ada@Reader.Example", "ada@reader.example"),
    ("bea@münchen.example", BEA),
    ("bea@mu\u0308nchen.example", BEA),
    ("bea@MÜNCHEN.example", BEA),
    ("bea@XN--MNCHEN-3YA.example", BEA),
    ("ada@straße.example", "ada@xn--strae-oqa.example"),
    ("ada@faß.de", "ada@xn--fa-hia.de"),
    ("ada@reader.example\u200b", "ada@reader.example"),
    ("\ufeff ada@reader.example\u00a0", "ada@reader.example"),
    ("\u202aada@reader.example\u202c", "ada@reader.example"),
    ("ada@rea\u00adder.example", "ada@reader.example"),
    ("o'brien+news@reader.example", "o'brien+news@reader.example"),
    ("x" * 64 + "@reader.example", "x" * 64 + "@reader.example"),
]
BAD = [
    "",
    "ada",
    "ada@",
    "@reader.example",
    "ada@☕.ws",
    "ada@[192.0.2.1]",
    "ada@192.0.2.1",
    '"<b>"@x.example',
    '"ada"@x.example',
    "Ada <ada@x.example>",
    "a@localhost",
    "a@printer.local",
    "a@x.test",
    "x" * 65 + "@reader.example",
    "x" * 60 + "@" + "y" * 60 + "." + "z" * 140 + ".example",
    "İada@reader.example",
    "ada..b@reader.example",
    ".ada@reader.example",
    "ada@-reader.example",
    "ada@ab--cd.example",
    "ada@xn--a.example",
    "ada@reader.example.",
    "ada@rea\u202eder.example",
    "=?utf-8?q?ada?=@reader.example",
    "ada@reader.example, bea@reader.example",
    "ada@reader.example\r\nBcc: bea@reader.example",
]


@pytest.mark.parametrize(("typed", "kept"), GOOD)
def test_a_good_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert reachable(typed) == canonical(typed) == tidied(typed).lower() == kept
    assert path(tidied(typed)) == tidied(typed), "it goes into the envelope as it is"


@pytest.mark.parametrize("typed", BAD)
def test_what_no_mail_server_takes_is_no_address(typed: str, settings: Settings) -> None:
    settings.SMTP = Relay("post.example", utf8=True)
    for read in (reachable, tidied):
        with pytest.raises(NotAnAddress):
            read(typed)


def test_letters_beyond_ascii_need_a_server_that_takes_them(settings: Settings) -> None:
    settings.SMTP = Relay("post.example")
    with pytest.raises(NotForOurServer):
        reachable("Jörg@reader.example")
    settings.SMTP = Relay("post.example", utf8=True)
    assert reachable("Jo\u0308rg@reader.example") == "jörg@reader.example"
    assert len("ö" * 33) <= 64 < len(("ö" * 33).encode())
    with pytest.raises(NotAnAddress):
        reachable("ö" * 33 + "@reader.example")


@pytest.mark.parametrize("address", ["bea@münchen.example", "ada@faß.de", "ada@reader.example"])
def test_its_owner_reads_it_as_they_write_it(address: str) -> None:
    assert readable(canonical(address)) == address


@pytest.mark.parametrize("text", ["José", "ada bra", "S-004211", "ada@mü", '"odd name"@x.example'])
def test_what_is_no_address_stays_what_it_is(text: str) -> None:
    assert canonical(text).partition("@")[0] == text.lower().partition("@")[0]


local_parts = st.from_regex(r"[A-Za-z0-9_+.!'-]{1,12}", fullmatch=True)
domains = st.from_regex(
    r"([A-Za-z0-9]{1,3}[A-Za-z0-9-]{0,4}\.){1,2}([A-Za-z0-9-]{1,6}|test|local|onion)", fullmatch=True
)


@given(st.one_of(st.emails(), st.builds("{}@{}".format, local_parts, domains)))
@many
def test_what_is_told_at_a_glance_is_what_a_full_look_would_tell(address: str) -> None:
    assume("=?" not in address)
    try:
        full = validate_email(address, strict=True, check_deliverability=False).ascii_email
    except EmailNotValidError:
        full = None
    try:
        read = tidied(address)
    except NotAnAddress:
        read = None
    assert (read and read.lower()) == (full and full.lower())


letters = st.text(st.sampled_from("aZ0.-@ßüÜ\u0308İ☕.münx \u200b\u00ad\u202e"), max_size=20)


@given(st.one_of(st.builds("{}@{}.example".format, letters, letters), letters))
@many
def test_the_form_that_is_kept_is_the_same_whoever_reads_it_again(typed: str) -> None:
    once = canonical(typed)
    assert canonical(once) == once
    try:
        kept = reachable(typed)
    except NotAnAddress:
        return
    assert kept == once == tidied(kept) == reachable(kept) == canonical(readable(kept))
    assert re.fullmatch(r"[!-~]+@[!-~]+", kept)
    assert fingerprint(typed) == fingerprint(kept)


def test_the_ledger_has_one_line_for_one_mailbox(send_to: SendTo) -> None:
    send = send_to("bea@münchen.example", "Bea@xn--mnchen-3ya.example", "bea@mu\u0308nchen.example")
    assert [row.address for row in send.recipients.all()] == [BEA]
    for written in ("bea@münchen.example", "BEA@MÜNCHEN.example", BEA):
        assert Recipient.objects.to(written).get().address == BEA


@pytest.mark.parametrize("address", [address for address in BAD if "@" in address])
def test_what_cannot_be_posted_is_passed_over_with_a_word(address: str, send_to: SendTo) -> None:
    send = send_to(address)
    row = send.recipients.get()
    assert (row.state, row.words) == ("skipped", "Not an e-mail address.")


def test_a_suppression_holds_however_the_address_is_written(db: None) -> None:
    Suppression.suppress("bea@münchen.example", Suppression.Reason.STAFF)
    assert set(Suppression.objects.among([BEA])) == {BEA}
    assert Suppression.suppress(BEA, Suppression.Reason.COMPLAINT) == Suppression.objects.get()
