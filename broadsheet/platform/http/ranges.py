"""One range of a file (RFC 9110, section 14), without which Safari plays no sound and nobody can seek."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

# No file has more bytes than eighteen digits can count, and Python refuses to read thousands of them.
ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
CHUNK = 64 * 1024


def serve_file(file: BinaryIO, size: int, content_type: str, wanted: str = "") -> HttpResponseBase:
    """The whole of `file`, or the range that the Range header `wanted` names: 200, 206 or 416.

    A header that names several ranges or cannot be read is ignored, as the standard allows.
    """
    match = ONE_RANGE.fullmatch(wanted.strip())
    if not match or not any(match.groups()):
        response: HttpResponseBase = FileResponse(file, content_type=content_type)
        response.headers["Content-Length"] = str(size)
        response.headers["Accept-Ranges"] = "bytes"
        return response
    first, last = match.groups()
    if first:
        start, end = int(first), min(int(last) if last else size - 1, size - 1)
    else:
        start, end = max(0, size - int(last)), size - 1
    if start > end or start >= size:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    file.seek(start)
    response = StreamingHttpResponse(_Part(file, end - start + 1), status=206, content_type=content_type)
    response.headers["Content-Length"] = str(end - start + 1)
    response.headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    response.headers["Accept-Ranges"] = "bytes"
    return response


class _Part:
    """`length` bytes from where `file` stands. Closed too where nobody reads it, as after HEAD."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file = file
        self._length = length
        self.close = file.close

    def __iter__(self) -> Iterator[bytes]:
        left = self._length
        while left > 0 and (chunk := self._file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
