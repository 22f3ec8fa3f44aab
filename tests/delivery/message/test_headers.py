"""What stands at the head of each message."""

from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr

import pytest

from broadsheet.delivery.message import Listing, Segments, Unjoinable
from tests.delivery.message.conftest import FROZEN_AT, IDENTITY, LEAVE, briefing, joined, parsed


def test_a_message_says_whose_list_it_is_of_and_how_to_leave() -> None:
    found = parsed(joined(briefing()))
    assert found["List-Id"] == "The Morning Briefing <briefing.magazine.example>"
    assert found["List-Unsubscribe"] == f"<{LEAVE}>"
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert found["Feedback-ID"] == "2026-11-24:briefing:issue:meridian"


def test_a_list_takes_the_place_of_an_earlier_one() -> None:
    message = briefing()
    Listing("weekly.magazine.example", "Das Wöchentliche", "https://magazine.example/u/1").mark(message)
    found = parsed(joined(message))
    assert found.get_all("List-Id") == ["Das Wöchentliche <weekly.magazine.example>"]
    assert found.get_all("List-Unsubscribe") == ["<https://magazine.example/u/1>"]
    assert "Feedback-ID" not in found


def test_mail_by_a_machine_says_so_unless_it_says_otherwise() -> None:
    message = briefing()
    assert parsed(joined(message))["Auto-Submitted"] == "auto-generated"
    message["Auto-Submitted"] = "no"
    assert parsed(joined(message)).get_all("Auto-Submitted") == ["no"]


def test_a_message_without_a_date_is_of_when_it_was_frozen() -> None:
    message = briefing()
    assert parsed(joined(message))["Date"].datetime == FROZEN_AT
    message["Date"] = "Mon, 02 Mar 2026 07:00:00 +0100"
    assert parsed(joined(message)).get_all("Date") == ["Mon, 02 Mar 2026 07:00:00 +0100"]


def test_a_message_without_to_names_its_reader() -> None:
    assert parsed(joined(briefing()))["To"] == "ada@reader.example"


def test_a_letter_keeps_those_whom_it_is_for() -> None:
    message = briefing()
    message["To"] = "ada@reader.example, Bob <bob@bücher.example>"
    message["Cc"] = "carol@reader.example"
    message["Bcc"] = "secret@reader.example"
    found = parsed(joined(message))
    assert found["To"] == "ada@reader.example, Bob <bob@xn--bcher-kva.example>"
    assert found["Cc"] == "carol@reader.example"
    assert "Bcc" not in found
    assert b"secret" not in joined(message)


def test_what_others_wrote_on_the_envelope_is_left_out() -> None:
    message = briefing()
    message["Message-ID"] = "<old@elsewhere.example>"
    message["Return-Path"] = "<old@elsewhere.example>"
    message["Received"] = "from elsewhere.example"
    message["DKIM-Signature"] = "v=1; d=elsewhere.example"
    assert b"elsewhere" not in joined(message)
    assert parsed(joined(message))["Message-ID"] == IDENTITY


@pytest.mark.parametrize(
    "name",
    [
        "The Meridian",
        "Meridian, The",
        "“The” Meridian",
        'The "Meridian" \\ Co.',
        "Das Blätt’l",
        "الميريديان",
        "The Meridian’s very long name " * 8,
        "x" * 200,
        "=?utf-8?q?=41?=",
        "",
    ],
)
def test_any_name_may_stand_before_an_address(name: str) -> None:
    message = briefing()
    del message["From"]
    message["From"] = Address(name.strip(), "letters", "magazine.example")
    sent = joined(message)
    # The standard library’s newer parser puts a space between any two encoded words of a name.
    field = sent.replace(b"\r\n ", b" ").partition(b"\r\nFrom: ")[2].partition(b"\r\n")[0]
    encoded, address = parseaddr(field.decode())
    assert str(make_header(decode_header(encoded))) == message["From"].addresses[0].display_name
    assert address == "letters@magazine.example"
    assert max(map(len, sent.split(b"\r\n"))) <= 76


def test_a_senders_domain_stands_as_dns_knows_it() -> None:
    message = briefing()
    message.replace_header("From", "Letters <letters@bücher.example>")
    assert parsed(joined(message))["From"] == "Letters <letters@xn--bcher-kva.example>"


@pytest.mark.parametrize("sender", ["Letters", "letters@", "letters@" + "ü" * 70 + ".example"])
def test_a_sender_without_an_address_is_not_frozen(sender: str) -> None:
    message = briefing()
    message.replace_header("From", sender)
    with pytest.raises(Unjoinable):
        Segments.compile(message, [], FROZEN_AT)


def test_other_headers_are_kept_and_may_hold_tokens() -> None:
    message = briefing()
    message["X-Issue"] = "Tuesday’s, for {{name}}"
    message["List-Archive"] = "<https://magazine.example/issues/{{leave}}>"
    found = parsed(joined(message, "Jörg", leave="a b"))
    assert found["X-Issue"] == "Tuesday’s, for Jörg"
    assert found["List-Archive"] == "<https://magazine.example/issues/a%20b>"


def test_a_message_of_text_alone_is_one_part() -> None:
    message = EmailMessage()
    message["From"] = "letters@magazine.example"
    message["Subject"] = "A letter"
    message.set_content("Ça va, {{name}}?\n\n")
    found = parsed(joined(message))
    assert found.get_content_type() == "text/plain"
    assert found.get_content() == "Ça va, Ada?\r\n"
