from io import BytesIO

import pytest

from broadsheet.platform.http.ranges import serve_file

SOUND = bytes(range(100))


def ask(wanted: str = ""):
    response = serve_file(BytesIO(SOUND), len(SOUND), "audio/mpeg", wanted)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code, response.headers.get("Content-Range"), body


@pytest.mark.parametrize(
    ("wanted", "content_range", "body"),
    [
        ("bytes=0-9", "bytes 0-9/100", SOUND[:10]),
        ("bytes=90-", "bytes 90-99/100", SOUND[90:]),
        ("bytes=-5", "bytes 95-99/100", SOUND[95:]),
        ("bytes=50-5000", "bytes 50-99/100", SOUND[50:]),
        ("bytes=-500", "bytes 0-99/100", SOUND),
    ],
)
def test_a_range_is_answered_with_that_part(wanted: str, content_range: str, body: bytes) -> None:
    assert ask(wanted) == (206, content_range, body)


@pytest.mark.parametrize("wanted", ["", "bytes=", "bytes=-", "bytes=a-b", "items=0-1", "bytes=0-1,4-5"])
def test_what_is_no_single_range_is_ignored(wanted: str) -> None:
    assert ask(wanted) == (200, None, SOUND)


@pytest.mark.parametrize("wanted", ["bytes=100-", "bytes=500-600", "bytes=9-3"])
def test_a_range_beyond_the_end_is_refused(wanted: str) -> None:
    assert ask(wanted) == (416, "bytes */100", b"")
