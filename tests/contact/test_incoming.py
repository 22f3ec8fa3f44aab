"""What comes in by mail: into its thread or a new one, and what is kept out."""

import io
from email.message import EmailMessage
from zipfile import ZipFile

import pytest
from django.core.management import CommandError

from broadsheet.contact.incoming.attachments import TYPES
from broadsheet.contact.models import Attachment, Conversation, Kind, Message, State
from broadsheet.contact.threads import address_of, conversation_of
from tests.contact.mail import ADDRESS, come, mail

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def test_a_mail_begins_a_conversation_that_waits(intake: str, monkeypatch) -> None:
    assert come(mail(), monkeypatch) == f"Taken in: {Conversation.objects.get().number}\n"
    found = Conversation.objects.get()
    assert (found.subject, found.email, found.name) == ("My subscription", "ada@reader.example", "Ada Brandt")
    assert found.state == State.WAITING
    assert found.messages.get().text == "Where is my paper?"


def test_the_same_mail_come_twice_is_one_message(intake: str, monkeypatch) -> None:
    come(mail(), monkeypatch)
    assert come(mail(), monkeypatch) == "It was taken in before.\n"
    assert Message.objects.count() == 1


def test_an_answer_goes_into_its_thread_by_what_it_answers(intake: str, monkeypatch) -> None:
    come(mail(), monkeypatch)
    second = mail("And the bill?", Message_ID="<second@reader.example>", In_Reply_To="<first@reader.example>")
    come(second, monkeypatch)
    third = mail(
        "Hello?",
        Message_ID="<third@reader.example>",
        References="<first@reader.example> <second@reader.example>",
    )
    come(third, monkeypatch)
    assert Conversation.objects.get().messages.count() == 3


def test_an_answer_goes_into_its_thread_by_its_signed_address(asked: Conversation, monkeypatch) -> None:
    assert conversation_of(address_of(asked.pk).upper()) == asked.pk
    come(mail("It has come."), monkeypatch, to=address_of(asked.pk))
    assert Conversation.objects.get().messages.count() == 2


def test_a_forged_address_begins_a_new_one(asked: Conversation, monkeypatch) -> None:
    come(mail(), monkeypatch, to=f"contact+c{asked.pk}-{'0' * 16}@magazine.example")
    assert Conversation.objects.count() == 2


def test_a_closed_conversation_opens_again_and_a_merged_one_leads_on(
    asked: Conversation, monkeypatch
) -> None:
    asked.close()
    come(mail("Still nothing"), monkeypatch, to=address_of(asked.pk))
    asked.refresh_from_db()
    assert asked.state == State.WAITING
    other = Conversation.objects.create(
        subject="Other", email="ada@reader.example", edition="en-us", waiting_since=asked.waiting_since
    )
    asked.merge_into(other)
    come(mail("And now", Message_ID="<third@reader.example>"), monkeypatch, to=address_of(asked.pk))
    assert other.messages.count() == 3
    asked.refresh_from_db()
    assert asked.state == State.MERGED


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner-email=ada@reader.example"},
        {"Precedence": "bulk"},
        {"List_Id": "<news.pills.example>"},
        {"Return_Path": "<>"},
        {"Subject": "Automatic reply: away until Monday"},
        {"X_Autoreply": "yes"},
        {"sender": "MAILER-DAEMON@reader.example", "Return_Path": ""},
        {"sender": ADDRESS},
        {"sender": "contact+c1-0000@magazine.example"},
        {"sender": "nobody"},
        {"sender": ""},
    ],
    ids=str,
)
def test_what_no_person_wrote_is_kept_out(intake: str, monkeypatch, headers: dict[str, str]) -> None:
    assert come(mail(**headers), monkeypatch).startswith("Passed over: ")
    assert not Conversation.objects.exists()


def test_mail_to_no_address_of_ours_is_not_for_the_desk(intake: str, monkeypatch) -> None:
    come(mail(), monkeypatch, to="letters@magazine.example")
    assert not Conversation.objects.exists()


def test_what_is_marked_as_spam_waits_for_nobody(intake: str, monkeypatch) -> None:
    come(mail(X_Spam_Status="Yes, score=9"), monkeypatch)
    assert Conversation.objects.get().state == State.SPAM
    assert not Conversation.objects.waiting().exists()


def test_too_many_from_one_address_wait_at_the_mail_server(intake: str, monkeypatch) -> None:
    for number in range(30):
        come(mail(Message_ID=f"<{number}@reader.example>"), monkeypatch)
    with pytest.raises(CommandError) as refused:
        come(mail(Message_ID="<last@reader.example>"), monkeypatch)
    assert refused.value.returncode == 75
    assert Message.objects.count() == 30
    assert come(mail(sender="bea@reader.example", Message_ID="<b@reader.example>"), monkeypatch).startswith(
        "Taken"
    )


def test_names_of_people_and_files_are_read_as_they_were_meant(intake: str, monkeypatch) -> None:
    message = with_file("x.txt", b"x")
    raw = message.as_bytes().replace(b'"x.txt"', b'"=?utf-8?b?w6TDtsO8LnR4dA==?="')
    raw = raw.replace(b"Ada Brandt <", b"=?utf-8?q?Brandt=2C_=C3=81da?= <")
    come(raw, monkeypatch)
    found = Conversation.objects.get()
    assert (found.name, found.email) == ("Brandt, Áda", "ada@reader.example")
    assert Attachment.objects.get().name == "äöü.txt"


def test_html_alone_is_read_as_text(intake: str, monkeypatch) -> None:
    message = EmailMessage()
    for name, value in mail().items():
        if not name.lower().startswith(("content", "mime")):
            message[name] = value
    message.set_content(
        "<style>p{color:red}</style><p>Dear&nbsp;desk,</p><p>a <b>bold</b> word<br>ends</p>"
        "<script>x()</script>",
        subtype="html",
    )
    come(message, monkeypatch)
    assert Message.objects.get().text == "Dear desk,\na bold word\nends"


def with_file(name: str, content: bytes, kind: str = "application/octet-stream") -> EmailMessage:
    message = mail()
    maintype, _, subtype = kind.partition("/")
    message.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)
    return message


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "why_not"),
    [
        ("label.png", PNG, ""),
        ("bill.PDF", b"%PDF-1.7 ...", ""),
        ("list.docx", zipped("word/document.xml"), ""),
        ("list.docx", zipped("word/vbaProject.bin"), "It holds a program."),
        ("list.docx", b"PK\x03\x04 broken", "It holds a program."),
        ("setup.exe", b"MZ", "Files of this kind are not kept."),
        ("page.html", b"<script>", "Files of this kind are not kept."),
        ("picture.svg", b"<svg/>", "Files of this kind are not kept."),
        ("invoice.pdf.exe", b"%PDF-", "Files of this kind are not kept."),
        ("label.png", b"MZ", "It is not what its name says."),
        ("note.txt", b"MZ\0\0", "It is not what its name says."),
        ("label.png", b"", "It is empty."),
    ],
)
def test_files_are_kept_by_what_they_are(
    intake: str, monkeypatch, name: str, content: bytes, why_not: str
) -> None:
    come(with_file(name, content), monkeypatch)
    kept = Message.objects.get().attachments.get()
    assert (kept.name, kept.why_not, kept.size) == (name, why_not, len(content))
    assert (kept.content is None) is bool(why_not)


def test_a_file_that_is_too_large_is_named_and_not_kept(intake: str, monkeypatch) -> None:
    come(with_file("label.png", PNG + b"0" * 8 * 1024 * 1024), monkeypatch)
    kept = Message.objects.get().attachments.get()
    assert (kept.why_not, kept.content) == ("It is larger than 8 MB.", None)


def test_a_name_of_a_file_is_a_name_alone(intake: str, monkeypatch) -> None:
    come(with_file("../../etc\\passwd.txt", b"x"), monkeypatch)
    assert Message.objects.get().attachments.get().name == "passwd.txt"


def test_nothing_that_runs_is_among_what_is_kept() -> None:
    assert not {".html", ".svg", ".exe", ".js", ".zip", ".docm", ".xml"} & set(TYPES)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\0\0",
        b"From: ada@reader.example\nContent-Type: text/plain; charset=no-such\n\nHello",
        b"From: ada@reader.example\nSubject: =?utf-8?q?=FF=FE?=\nContent-Type: multipart/mixed; boundary=x\n"
        b"\n--x\n",
        b"From: a@b@c.example\n\nx",
        b"From: ada@reader.example\nMessage-ID: <\r\n x@y>\nReferences: <a b> <c\0d>\n\nHello\0",
    ],
)
def test_broken_mail_breaks_nothing(intake: str, monkeypatch, raw: bytes) -> None:
    said = come(raw, monkeypatch)
    assert said.startswith(("Taken in", "Passed over"))
    assert all("\0" not in message.text for message in Message.objects.filter(kind=Kind.RECEIVED))
