"""What comes to a return path in no known format: a report of a mail server, or an answer for a person."""

import pytest

from broadsheet.delivery.intake import Kind, NotAReport, read
from tests.delivery.intake.samples import OURS, message

PLAIN = """
    Return-Path: <>
    From: Mail Delivery <postmaster@mx.reader.example>
    To: OURS
    Subject: Undeliverable: The Morning Meridian
    Message-ID: <plain-1@mx.reader.example>
    Date: Tue, 24 Nov 2026 07:00:08 +0000

    We could not hand over your message.
    """


def written(**fields: str) -> bytes:
    """PLAIN with other fields; an empty one is left out."""
    raw = message(PLAIN)
    head, _, body = raw.partition(b"\n\n")
    lines = dict(line.split(": ", 1) for line in head.decode().split("\n"))
    lines |= {name.replace("_", "-"): value for name, value in fields.items()}
    return "\n".join(f"{name}: {value}" for name, value in lines.items() if value).encode() + b"\n\n" + body


def test_whatever_nobody_sends_to_a_return_path_is_a_soft_bounce() -> None:
    report = read(written())
    assert report.kind is Kind.SOFT
    assert report.return_paths == (OURS,)
    assert report.words == "We could not hand over your message."
    assert report.reported_by == "Mail Delivery <postmaster@mx.reader.example>"


@pytest.mark.parametrize("path", ["<>", "<MAILER-DAEMON@mail.meridian.example>", "MAILER-DAEMON"])
def test_a_mail_server_may_write_nobody_in_several_ways(path: str) -> None:
    assert read(written(From="robot@reader.example", Return_Path=path)).kind is Kind.SOFT


def test_without_the_envelopes_sender_the_name_of_a_server_counts() -> None:
    without = written(Return_Path="")
    assert read(without).kind is Kind.SOFT
    with pytest.raises(NotAReport):
        read(without.replace(b"postmaster@", b"ada@"))


def test_a_message_that_somebody_sends_to_a_return_path_is_no_report() -> None:
    with pytest.raises(NotAReport):
        read(written(Return_Path="<ada@reader.example>"))


def test_without_a_return_path_of_ours_it_is_no_report() -> None:
    with pytest.raises(NotAReport):
        read(written(To="letters@meridian.example"))


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: The Morning Meridian",
        "Auto: Out of office",
        "Out of Office: The Morning Meridian",
        "Autoreply: away until Monday",
        "I am away",
        "On annual leave until 3 March",
        "Abwesenheitsnotiz: The Morning Meridian",
        "Automatische Antwort: The Morning Meridian",
        "=?utf-8?q?R=C3=A9ponse_automatique?= : The Morning Meridian",
        "Respuesta automática",
        "Risposta automatica",
    ],
)
def test_an_answer_from_somebody_on_holiday_stays_out(subject: str) -> None:
    with pytest.raises(NotAReport):
        read(written(From="Ada Brandt <ada@reader.example>", Subject=subject))


@pytest.mark.parametrize(
    "fields",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated"},
        {"X_Autoreply": "yes"},
        {"Precedence": "auto_reply"},
        {"Content_Type": "multipart/report; report-type=disposition-notification; boundary=b"},
    ],
)
def test_an_answer_by_a_program_stays_out_whatever_its_subject(fields: dict[str, str]) -> None:
    with pytest.raises(NotAReport):
        read(written(From="Ada Brandt <ada@reader.example>", Subject="Re: The Morning Meridian", **fields))


def test_a_report_of_an_issue_about_holidays_is_no_answer_from_one() -> None:
    report = read(written(Subject="Undeliverable: Out of office, a column", Auto_Submitted="auto-replied"))
    assert report.kind is Kind.SOFT


def test_a_report_that_says_nothing_of_its_recipient_is_asked_of_others() -> None:
    raw = message("""
    Return-Path: <>
    From: MAILER-DAEMON@mx.reader.example
    To: OURS
    Subject: failure notice
    Message-ID: <broken-1@mx.reader.example>
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=delivery-status; boundary="b"

    --b
    Content-Type: text/plain

    550 5.1.1 <ada@reader.example>: User unknown

    --b
    Content-Type: message/delivery-status

    Reporting-MTA: dns; mx.reader.example

    --b--
    """)
    assert read(raw).kind is Kind.HARD
