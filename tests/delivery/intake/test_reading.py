"""What comes back is read: who returned what, and whether the address is gone."""

import pytest

from broadsheet.delivery.intake import Kind, NotAReport, read
from broadsheet.delivery.intake.verdict import verdict
from tests.delivery.intake import samples
from tests.delivery.intake.samples import OURS


def test_a_notification_says_whose_mailbox_is_gone_in_the_servers_own_words() -> None:
    report = read(samples.POSTFIX)
    assert report.kind is Kind.HARD
    assert report.address == "ada@reader.example"
    assert report.return_paths == (OURS,)
    assert report.words == (
        "550 5.1.1 <ada@reader.example>: Recipient address rejected: User unknown in virtual mailbox table"
    )
    assert report.reported_by == "192.0.2.8"


def test_a_notification_without_the_original_is_known_by_whom_it_came_to() -> None:
    report = read(samples.WITHOUT_ORIGINAL)
    assert report.kind is Kind.SOFT
    assert report.return_paths == (OURS,)
    assert report.words == "552 5.2.2 The mailbox is full; quota exceeded"
    assert report.reported_by == "exchange.reader.example"


def test_where_no_header_names_us_the_mail_server_does() -> None:
    nameless = samples.WITHOUT_ORIGINAL.replace(OURS.encode(), b"undisclosed-recipients:;")
    assert read(nameless).return_paths == ()
    assert read(nameless, envelope_to=OURS).return_paths == (OURS,)


def test_a_message_that_is_still_being_tried_was_taken() -> None:
    assert read(samples.DELAYED).kind is Kind.TAKEN


def test_an_address_beyond_ascii_is_read_from_a_notification_of_its_own_kind() -> None:
    report = read(samples.BEYOND_ASCII)
    assert report.kind is Kind.HARD
    assert report.address == "jürgen@bücher.example"
    assert report.words == "550 5.1.1 Kein Postfach"


def test_a_list_one_of_whose_people_is_gone_is_not_gone_itself() -> None:
    report = read(samples.LIST_OF_TWO)
    assert report.kind is Kind.SOFT
    assert report.address == "reading-room@halden.example"


def test_a_server_older_than_the_standard_is_understood() -> None:
    report = read(samples.QMAIL)
    assert report.kind is Kind.HARD
    assert report.address == "ada@reader.example"
    assert "no mailbox here by that name" in report.words


def test_the_number_of_a_programs_version_is_no_code() -> None:
    report = read(samples.EXIM)
    assert report.kind is Kind.SOFT
    assert "mailbox is full" in report.words


@pytest.mark.parametrize("raw", [samples.COMPLAINT, samples.COMPLAINT_WITH_ORIGINAL])
def test_a_complaint_names_the_message_by_its_return_path(raw: bytes) -> None:
    report = read(raw)
    assert report.kind is Kind.COMPLAINT
    assert report.return_paths == (OURS,)
    assert report.words == "Feedback-Type: abuse"


def test_a_complaint_says_who_passed_it_on() -> None:
    assert read(samples.COMPLAINT).reported_by == "fbl.webmail.example"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (samples.NOT_SPAM, "which is no complaint"),
        (samples.ON_HOLIDAY, "no report that is known"),
        (b"", "no report that is known"),
        (b"\xff\xfe\x00 not even a header", "no report that is known"),
        (b"Subject: " + b"x" * (11 * 1024 * 1024), "too large"),
    ],
)
def test_what_is_no_report_is_said_to_be_none(raw: bytes, reason: str) -> None:
    with pytest.raises(NotAReport, match=reason):
        read(raw)


def test_the_same_report_has_the_same_identity_on_its_second_way() -> None:
    again = b"Received: from elsewhere by mail.meridian.example; Wed, 25 Nov 2026\n" + samples.POSTFIX
    assert read(again).identity == read(samples.POSTFIX).identity
    nameless = samples.WITHOUT_ORIGINAL
    assert read(b"Received: from elsewhere\n" + nameless).identity == read(nameless).identity


def test_two_reports_have_two_identities() -> None:
    other = samples.WITHOUT_ORIGINAL.replace(b"ada@", b"bruno@")
    assert len({read(raw).identity for raw in (samples.POSTFIX, samples.WITHOUT_ORIGINAL, other)}) == 3


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        ("5.1.1", "", Kind.HARD),
        ("5.1.2", "Host unknown", Kind.HARD),
        ("5.1.8", "550 5.1.8 bad sender’s domain", Kind.SOFT),
        ("5.2.1", "mailbox disabled, not accepting messages", Kind.HARD),
        ("5.2.2", "over quota", Kind.SOFT),
        ("4.2.2", "over quota", Kind.SOFT),
        ("4.1.1", "user unknown, try later", Kind.SOFT),
        ("5.7.1", "550 5.7.1 message content rejected", Kind.SOFT),
        ("5.0.0", "550 No such user here", Kind.HARD),
        ("5.0.0", "554 delivery error", Kind.SOFT),
        # What the server says is nearer to the matter than what its neighbour makes of it.
        ("5.0.0", "550 5.1.1 nobody of that name", Kind.HARD),
        ("5.1.1", "554 5.7.1 blocked by a list", Kind.SOFT),
        ("", "550-5.1.1 The email account that you tried to reach does not exist.", Kind.HARD),
        ("", "Sorry, I couldn't find any host named reader.example. (#5.1.2)", Kind.HARD),
        ("", "user unknown", Kind.HARD),
        ("", "Our address is 5.1.1.7, version 4.96.2", Kind.SOFT),
    ],
)
def test_only_what_speaks_of_the_address_makes_it_hard(status: str, words: str, kind: Kind) -> None:
    assert verdict(status, words) is kind


@pytest.mark.parametrize(
    "words",
    [
        "550-Verification failed for <a@m.example> 550-No Such User Here 550 Sender verify failed",
        "550 5.2.1 The user is receiving mail at a rate that prevents more of it from being delivered.",
        "550 Domain of sender address bounces+1-a@m.example does not exist",
        "550 Sender address invalid",
    ],
)
def test_what_speaks_of_us_is_not_the_readers_fault(words: str) -> None:
    assert verdict("5.0.0", words) is Kind.SOFT


def test_words_of_the_message_that_is_returned_do_not_count() -> None:
    raw = samples.message("""
    Date: Tue, 24 Nov 2026 07:00:08 +0000
    From: MAILER-DAEMON@reader.example
    To: OURS
    Subject: failure notice
    Message-Id: <q1@reader.example>

    Hi. This is the qmail-send program at reader.example.
    I'm afraid I wasn't able to deliver your message to the following addresses.
    This is a permanent error; I've given up. Sorry it didn't work out.

    <ada@reader.example>:
    The users mailfolder is over the allowed quota (size).

    --- Below this line is a copy of the message.

    Return-Path: <OURS>
    From: letters@meridian.example
    Subject: The Morning Meridian

    The minister said the plan does not exist.
    """)
    assert read(raw).kind is Kind.SOFT


def test_a_word_that_is_encoded_wrongly_stays_as_it_is() -> None:
    wrong = b"Diagnostic-Code: smtp; =?utf-8?b?abcde?= 550 5.1.1"
    raw = samples.POSTFIX.replace(b"Diagnostic-Code: smtp; 550 5.1.1", wrong)
    assert wrong in raw
    assert read(raw).kind is Kind.HARD
