"""What a request's own head may say of how it is to be read: nothing."""

from io import BytesIO
from typing import Any

import pytest

from broadsheet.platform.http.one_chunk import SLOTS, one_chunk
from broadsheet.wsgi import Request, application

# Python knows all but the last. Some raise, some give text that no page can be written in.
CHARSETS = ["hex", "rot13", "idna", "undefined", "unicode_escape", "utf-16", "latin-1", "no-such"]
FIELD = '--x\r\nContent-Disposition: form-data; name="email"\r\n\r\ncafé \\ud800\r\n--x--\r\n'.encode()


def request(content_type: str, body: bytes = b"") -> Request:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST" if body else "GET",
        "QUERY_STRING": "q=caf%C3%A9+%5Cud800",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }
    return Request(environ)


def test_the_server_reads_requests_in_this_way() -> None:
    assert application.request_class is Request


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_query_is_utf8_whatever_charset_is_named(charset: str) -> None:
    assert request(f"text/plain; charset={charset}").GET["q"] == "café \\ud800"


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_form_is_utf8_whatever_charset_is_named(charset: str) -> None:
    with_parts = request(f"multipart/form-data; boundary=x; charset={charset}", FIELD)
    assert with_parts.POST["email"] == "café \\ud800"
    plain = request(f"application/x-www-form-urlencoded; charset={charset}", b"email=caf%C3%A9")
    assert plain.POST["email"] == "café"


@pytest.mark.parametrize(
    "content_type", ["text/plain; a*=bogus''x", "text/plain; " + "a=b;" * 9000, ";", "="]
)
def test_a_content_type_that_cannot_be_read_is_none(content_type: str) -> None:
    assert request(content_type).GET["q"] == "café \\ud800"
    assert not request(content_type, b"email=x").POST


def test_a_request_is_answered_from_a_frame_of_its_own_chunk() -> None:
    """Larger than a chunk, as CPython cuts them, and leaving room in the next power of two."""
    answer: Any = one_chunk(lambda request: request)
    request: Any = object()
    assert answer(request) is request
    taken = 8 * answer.__code__.co_stacksize
    assert taken == 8 * SLOTS
    assert (1 << taken.bit_length()) - taken > 128 * 1024
