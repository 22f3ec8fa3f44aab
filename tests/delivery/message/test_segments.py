"""Whatever a reader is called, their message parses, says it, and can be carried by any server."""

import random
import re
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.delivery.message import Segments, Signer, TokenMissing, Unjoinable
from tests.delivery.message.conftest import (
    FROZEN_AT,
    IDENTITY,
    LEAVE,
    briefing,
    frozen,
    is_verified,
    joined,
    parsed,
    text_of,
)
from tests.examples import EXAMPLES, many

NAMES = [
    "Ada",
    "",
    " ",
    "  two  spaces  ",
    ".",
    "..",
    ".dot before",
    "=",
    "=3D",
    "=\u00e9=",
    "From me",
    "--",
    "<b>bold & “quoted”</b>",
    '"; DROP TABLE readers; --',
    "{{leave}}",
    "{{ name }} {% include 'x' %} ${name} %(name)s",
    "=?utf-8?q?=41?=",
    "שלום עליכם",
    "مرحبا \u202eabc",
    "👩🏽‍🚀👨‍👩‍👧‍👦🏳️‍🌈",
    "日本語の名前" * 20,
    "x" * 300,
    "é" * 300,
    "👩🏽‍🚀" * 75,
    "a " * 150,
    "\u00a0",
    "\ud800 lone surrogate".encode(errors="replace").decode(),
]
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def holds_its_lines(message: bytes) -> bool:
    """CRLF alone ends lines, none is longer than 76 bytes, none begins with a dot, all is ASCII."""
    lines = message.split(b"\r\n")
    assert lines.pop() == b""
    assert message.isascii()
    assert not [line for line in lines if b"\r" in line or b"\n" in line]
    assert not [line for line in lines if line.startswith(b".")]
    return max(map(len, lines)) <= 76


def holds_its_reader(message: bytes, name: str) -> None:
    assert holds_its_lines(message)
    said = CONTROLS.sub(" ", name)
    assert text_of(message) == f"Dear {said},\n\nthe news.\n\nLeave: {LEAVE}\n"
    html = text_of(message, "html")
    assert html.startswith('<p lang="en">Dear ')
    inner = html.removeprefix('<p lang="en">Dear ').partition(", <b>the news</b>.</p>\n")[0]
    assert "<" not in inner
    found = parsed(message)
    subject = str(found["Subject"])
    assert subject == " ".join(f"Good morning, {said}".split())
    assert sorted(found.keys()) == sorted(FIELDS)


FIELDS = [
    "From",
    "Reply-To",
    "Subject",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Feedback-ID",
    "To",
    "Date",
    "Auto-Submitted",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_stands_in_subject_text_and_html(name: str, signer: Signer) -> None:
    message = joined(briefing(), name)
    holds_its_reader(message, name)
    assert is_verified(signer.signed(message, is_plain=True), signer)


@settings(many, max_examples=EXAMPLES // 4)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_every_name_stands_in_subject_text_and_html(name: str) -> None:
    holds_its_reader(joined(briefing(), name), name)


@pytest.mark.parametrize(
    "name",
    [
        "Eve\r\nBcc: everyone@reader.example",
        "Eve\nBcc: everyone@reader.example",
        "Eve\rBcc: everyone@reader.example",
        "Eve\r\n\r\nAnother body",
        "Eve\r\n.\r\nMAIL FROM:<eve@crime.example>",
        "Eve\u2028Bcc: everyone@reader.example",
        "Eve\x85Bcc: everyone@reader.example",
        "Eve\0\x0b\x0c\x1c\x1d\x1e",
    ],
)
def test_no_name_adds_a_line(name: str) -> None:
    message = joined(briefing(), name)
    holds_its_reader(message, name)
    assert "Bcc" not in parsed(message)


def test_html_in_a_name_is_text() -> None:
    message = joined(briefing(), "<script>alert(1)</script>")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text_of(message, "html")
    assert "<script>alert(1)</script>" in text_of(message)


def test_a_name_in_template_syntax_is_not_looked_through() -> None:
    message = joined(briefing(), "{{leave}}")
    assert text_of(message).startswith("Dear {{leave}},")
    assert parsed(message)["Subject"] == "Good morning, {{leave}}"


def test_braces_around_anything_else_stay() -> None:
    message = joined(briefing(text="{{ name }} {{nobody}} {name} {{name}}\n"))
    assert text_of(message) == "{{ name }} {{nobody}} {name} Ada\n"


@pytest.mark.parametrize(
    "text",
    [
        "{{name}}\n",
        "{{name}}{{name}}{{name}}\n",
        "{{name}}\n{{name}}\n\n{{name}}\n",
        "a {{name}} b {{name}}\n",
        "." * 200 + "{{name}}" + "." * 200 + "\n",
        "{{name}}.\n.{{name}}\n..\n.\n",
        " {{name}} \n  \n\t{{name}}\t\n",
        "é" * 500 + "{{name}}\n",
        "x" * 5_000 + "\n" + "word " * 1_000 + "\n",
        "From {{name}}\nFrom\nFrom me\n>From\n",
        "=\n==\n=3D{{name}}=\n",
    ],
)
@pytest.mark.parametrize("name", ["Ada", "", " ", ".", "=", "é" * 100])
def test_a_token_may_stand_anywhere_in_a_line(text: str, name: str, signer: Signer) -> None:
    message = joined(briefing(text=text), name)
    assert holds_its_lines(message)
    assert text_of(message) == text.replace("{{name}}", name)
    # What the relaxed form makes of it is the same: else the two would differ.
    assert signer.signed(message, is_plain=True) == signer.signed(message)


def test_a_message_of_one_part_that_ends_in_an_empty_token_is_still_signed_rightly(signer: Signer) -> None:
    message = joined(briefing(text="Dear\n{{name}}\n", html=""), "")
    signed = signer.signed(message, is_plain=True)
    assert is_verified(signed, signer)


@pytest.mark.parametrize("shift", range(80))
def test_a_subject_is_never_split_inside_a_character(shift: int) -> None:
    subject = "a" * shift + "é👩🏽‍🚀日" * 60
    message = joined(briefing(subject=subject))
    assert holds_its_lines(message)
    field = message.partition(b"Subject: ")[2].partition(b"\r\nList-Id")[0]
    words = field.split(b"\r\n ")
    assert len(words) > 10
    # Each word is text by itself.
    texts = [str(parsed(b"Subject: " + word + b"\r\n\r\n")["Subject"]) for word in words]
    assert "".join(texts) == subject
    assert not [text for text in texts if "\ufffd" in text]


def test_a_subject_with_a_word_longer_than_any_line_is_carried() -> None:
    subject = "https://magazine.example/" + "long" * 400
    message = joined(briefing(subject=subject))
    assert holds_its_lines(message)
    assert parsed(message)["Subject"] == subject


def test_a_line_of_more_than_998_characters_is_carried() -> None:
    html = "<p>" + "word " * 2_000 + "</p>" + "x" * 3_000 + "\n"
    message = joined(briefing(html=html))
    assert holds_its_lines(message)
    assert text_of(message, "html") == html


def test_an_unsubscribe_address_can_not_leave_its_brackets() -> None:
    message = joined(briefing(), leave="https://magazine.example/u>, <https://crime.example/\r\nBcc: x@y.z")
    assert parsed(message)["List-Unsubscribe"].count(">") == 1
    assert parsed(message)["List-Unsubscribe"].count("<") == 1
    assert "Bcc" not in parsed(message)
    assert b"," not in message.partition(b"List-Unsubscribe: ")[2].partition(b"\r\n")[0]


def test_an_unsubscribe_address_arrives_as_it_was_written() -> None:
    leave = "https://magazine.example/u/a-b_c~d?x=1&y=%20" + "t" * 300
    message = joined(briefing(), leave=leave)
    assert parsed(message)["List-Unsubscribe"] == f"<{leave}>"
    assert f"Leave: {leave}\n" in text_of(message)
    assert leave.replace("&", "&amp;") in text_of(message, "html")


def test_an_address_too_long_for_any_line_is_not_joined() -> None:
    with pytest.raises(Unjoinable):
        joined(briefing(), leave="https://magazine.example/" + "t" * 1_000)


def test_a_reader_without_a_token_is_not_joined() -> None:
    with pytest.raises(TokenMissing, match="leave"):
        frozen(briefing()).join("ada@reader.example", IDENTITY, {"name": "Ada"})


def test_a_token_in_an_address_is_not_frozen() -> None:
    message = briefing()
    message.replace_header("From", "{{name}} <letters@magazine.example>")
    with pytest.raises(Unjoinable, match="From"):
        Segments.compile(message, ["name"], FROZEN_AT)


def test_a_message_without_from_is_not_frozen() -> None:
    message = briefing()
    del message["From"]
    with pytest.raises(Unjoinable, match="From"):
        Segments.compile(message, [], FROZEN_AT)


def test_each_reader_gets_their_own_and_nothing_of_the_others() -> None:
    segments = frozen(briefing())
    chance = random.Random(3)  # noqa: S311 (nothing secret)
    readers = [f"reader{number}x{chance.randrange(10**9)}" for number in range(50)]
    messages = [
        segments.join(
            f"{name}@reader.example", f"<{name}@m.example>", {"name": name, "leave": f"{LEAVE}/{name}"}
        )
        for name in readers
    ]
    for name, message in zip(readers, messages, strict=True):
        assert [other for other in readers if other.encode() in message] == [name]
        assert parsed(message)["Message-ID"] == f"<{name}@m.example>"
        assert parsed(message)["To"] == f"{name}@reader.example"


def test_a_picture_and_a_file_arrive_as_they_were() -> None:
    message = briefing()
    picture, table = bytes(range(256)) * 20, "name,é\nAda,1\n"
    message.add_attachment(picture, maintype="image", subtype="png", filename="Küste.png", cid="<coast>")
    message.add_attachment(table, subtype="csv", filename="{{name}}.csv")
    segments = frozen(message)
    sent = segments.join("ada@reader.example", IDENTITY, {"name": "Ada", "leave": LEAVE})
    assert segments.is_plain
    assert holds_its_lines(sent)
    found = list(parsed(sent).iter_attachments())
    assert found[0].get_content() == picture
    assert found[0].get_filename() == "Küste.png"
    assert found[0]["Content-ID"] == "<coast>"
    assert found[1].get_content().replace("\r\n", "\n") == table
    assert found[1].get_filename() == "{{name}}.csv"


def test_a_forwarded_message_is_carried_as_it_is(signer: Signer) -> None:
    forwarded = EmailMessage()
    forwarded["From"] = "ada@reader.example"
    forwarded["Subject"] = "{{name}}"
    forwarded.set_content("Two  spaces \n.dot\n{{name}}\n", cte="7bit")
    message = briefing()
    message.add_attachment(forwarded)
    segments = frozen(message)
    sent = segments.join("ada@reader.example", IDENTITY, {"name": "Ada", "leave": LEAVE})
    [found] = parsed(sent).iter_attachments()
    inner = found.get_content()
    assert inner["Subject"] == "{{name}}"
    assert inner.get_content().replace("\r\n", "\n") == "Two  spaces \n.dot\n{{name}}\n"
    assert not segments.is_plain
    assert is_verified(signer.signed(sent, is_plain=segments.is_plain), signer)


def with_a_file(content: bytes = b"{{book}}") -> EmailMessage:
    message = briefing()
    message.add_attachment(content, maintype="application", subtype="epub+zip", filename="issue 1.epub")
    return message


@pytest.mark.parametrize("book", [b"", b"PK\x03\x04" + bytes(range(256)) * 400, b".\r\n.\r\n" * 1000])
def test_an_attachment_that_is_a_token_becomes_each_readers_file(book: bytes, signer: Signer) -> None:
    segments = frozen(with_a_file(), ("name", "leave", "book"))
    tokens = {"name": "Ada", "leave": LEAVE, "book": "hers"}
    message = segments.join("ada@reader.example", IDENTITY, tokens, {"hers": book}.__getitem__)
    (attached,) = parsed(message).iter_attachments()
    assert (attached.get_content(), attached.get_filename()) == (book, "issue 1.epub")
    assert holds_its_lines(message)
    assert is_verified(signer.signed(message, is_plain=segments.is_plain), signer)


def test_a_file_that_only_looks_like_a_token_stays_as_it_is() -> None:
    for content in (b"{{other}}", b"{{name}} and more", b"x" * 300):
        message = frozen(with_a_file(content)).join(
            "ada@reader.example", IDENTITY, {"name": "A", "leave": LEAVE}
        )
        (attached,) = parsed(message).iter_attachments()
        assert attached.get_content() == content


def test_without_anybody_who_knows_the_file_there_is_no_message() -> None:
    segments = frozen(with_a_file(), ("name", "leave", "book"))
    with pytest.raises(Unjoinable):
        segments.join("ada@reader.example", IDENTITY, {"name": "A", "leave": LEAVE, "book": "hers"})
