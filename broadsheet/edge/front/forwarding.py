"""Hands a request to Django: written anew, header by header, and its body as it comes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from secrets import token_hex
from typing import Any

from broadsheet.edge.front.asked import Asked
from broadsheet.edge.front.upstream import Answer, Upstream

# They are of one connection, or what nobody but the front may say.
NOT_FORWARDED = frozenset(
    {
        *(b"connection", b"expect", b"forwarded", b"keep-alive", b"proxy-authorization", b"proxy-connection"),
        *(b"te", b"trailer", b"transfer-encoding", b"upgrade", b"via", b"x-forwarded-for"),
        *(b"x-forwarded-host", b"x-forwarded-port", b"x-forwarded-prefix", b"x-forwarded-proto"),
        *(b"x-forwarded-server", b"x-http-method-override", b"x-real-ip", b"x-request-id"),
    }
)
NOT_RETURNED = frozenset(
    {b"connection", b"date", b"keep-alive", b"proxy-authenticate", b"server", b"te", b"trailer"}
    | {b"transfer-encoding", b"upgrade"}
)
OURS = b"broadsheet-"
MOST_HELD = 32 * 1024 * 1024
"""Bytes of an answer without a length, for a client of HTTP/1.0, that knows no other than a whole one."""

type Receive = Callable[[], Awaitable[dict[str, Any]]]
type Send = Callable[[dict[str, Any]], Awaitable[None]]


class GoneError(Exception):
    """The visitor has left in the middle of what they sent."""


class BodyTooLargeError(Exception):
    pass


def headers_for_django(asked: Asked) -> list[tuple[bytes, bytes]]:
    """Those of the visitor that Django may see, and who and how they come by the front."""
    named = asked.named(b"connection").lower()
    of_connection = {name.strip() for name in named.split(b",")} if named else frozenset()
    written = [
        (name, value)
        for name, value in asked.headers
        # An underscore is a hyphen to WSGI: X_Forwarded_For would stand in for the header that we write.
        if name not in NOT_FORWARDED
        and name not in of_connection
        and not name.startswith(OURS)
        and b"_" not in name
    ]
    if asked.named(b"transfer-encoding"):
        written.append((b"transfer-encoding", b"chunked"))
    written.append((b"x-forwarded-for", str(asked.place.address).encode()))
    written.append((b"x-request-id", token_hex(8).encode()))
    written.append((b"x-forwarded-proto", b"https" if asked.place.is_secure else b"http"))
    return written


async def forward(
    upstream: Upstream, asked: Asked, receive: Receive, send: Send, *, most: int, is_old: bool
) -> None:
    """Answers with what Django says; raises UnavailableError before anything is sent, or errors of this file.

    `most` is how many bytes a body may have; `is_old` says that the client knows no chunks.
    """
    body = _body(receive, most) if asked.has_body else b""
    answer = await upstream.send(asked.method, asked.url, headers_for_django(asked), body)
    try:
        await _return(answer, asked, send, is_old=is_old)
    finally:
        answer.close()


async def _body(receive: Receive, most: int) -> AsyncIterator[bytes]:
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise GoneError
        size += len(message["body"])
        if size > most:
            raise BodyTooLargeError
        if message["body"]:
            yield message["body"]
        if not message["more_body"]:
            return


async def _return(answer: Answer, asked: Asked, send: Send, *, is_old: bool) -> None:
    headers = [(name.lower(), value) for name, value in answer.headers if name.lower() not in NOT_RETURNED]
    has_length = any(name == b"content-length" for name, _ in headers)
    start = {"type": "http.response.start", "status": answer.status, "headers": headers}
    if is_old and not has_length and not asked.is_head:
        whole = await _whole(answer)
        headers.append((b"content-length", str(len(whole)).encode()))
        await send(start)
        await send({"type": "http.response.body", "body": whole, "more_body": False})
        return
    await send(start)
    async for part in answer.parts():
        # Waits while the visitor takes nothing.
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _whole(answer: Answer) -> bytes:
    parts, size = [], 0
    async for part in answer.parts():
        parts.append(part)
        size += len(part)
        if size > MOST_HELD:
            raise BodyTooLargeError
    return b"".join(parts)
