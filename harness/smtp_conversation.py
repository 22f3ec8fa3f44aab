"""What the SMTP server beside it says to one client, by its script."""

import asyncio
import socket
import struct
from base64 import b64decode, b64encode
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TYPE_CHECKING

from harness.smtp_script import Act, StepName

if TYPE_CHECKING:
    from harness.smtp_server import SmtpServer

USUAL: dict[StepName, str] = {
    "greeting": "220 post.example ESMTP",
    "helo": "250 post.example",
    "starttls": "220 2.0.0 Go ahead",
    "auth": "235 2.7.0 Welcome",
    "mail": "250 2.1.0 Sender ok",
    "rcpt": "250 2.1.5 Recipient ok",
    "data": "354 Go ahead",
    "content": "",
    "dot": "250 2.0.0 Taken",
    "rset": "250 2.0.0 Forgotten",
    "quit": "221 2.0.0 Bye",
}
MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Taken:
    """A message that the server took, at its final dot."""

    sender: str
    recipient: str
    content: bytes
    """Its dots are no longer doubled; empty where the ledger keeps none."""
    connection: int

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)


class Over(Exception):
    """The conversation is."""


class Conversation:
    def __init__(
        self, server: "SmtpServer", number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._server, self._number = server, number
        self._reader, self._writer = reader, writer
        self._buffer = bytearray()
        self._held_back = b""
        self._is_secure = server.is_implicit
        self._sender: str | None = None
        self._recipient = ""

    async def hold(self) -> None:
        await self._answer("greeting")
        while True:
            is_hasty = bool(self._buffer)
            command = (await self._until(b"\n")).decode().rstrip("\r\n")
            self._server.heard.append(command)
            if is_hasty:
                self._server.hasty.append(command)
            verb = command.partition(" ")[0].lower()
            match verb:
                case "ehlo":
                    await self._answer("ehlo", self._welcome())
                case "starttls" if self._server.trust and not self._is_secure:
                    await self._secure()
                case "auth":
                    await self._admit(command)
                case "mail" if self._sender is not None:
                    await self._say(b"503 5.5.1 One at a time\r\n")
                case "mail":
                    if await self._answer("mail"):
                        self._sender = _address(command)
                case "rcpt" if self._sender is None:
                    await self._say(b"503 5.5.1 Who sends it?\r\n")
                case "rcpt":
                    self._recipient = _address(command)
                    if not await self._answer("rcpt"):
                        self._recipient = ""
                case "data" if not self._recipient:
                    # Where a script says so, this one lets the message come all the same.
                    await self._data("554 5.5.1 For whom?")
                case "data":
                    await self._data(USUAL["data"])
                case "helo" | "rset":
                    self._sender, self._recipient = None, ""
                    await self._answer("helo" if verb == "helo" else "rset")
                case "quit":
                    await self._answer("quit")
                    raise Over
                case _:
                    await self._say(b"502 5.5.2 What?\r\n")

    def _welcome(self) -> str:
        self._sender, self._recipient = None, ""
        lines = [*self._server.extensions]
        if self._server.trust and not self._is_secure:
            lines.append("STARTTLS")
        if self._server.users:
            lines.append(f"AUTH {self._server.mechanisms}")
        return "\n".join(["250 post.example", *(f"250 {line}" for line in lines)])

    async def _secure(self) -> None:
        await self._answer("starttls")
        assert self._server.trust
        await self._writer.start_tls(self._server.trust)
        self._is_secure = True
        self._buffer.clear()

    async def _admit(self, command: str) -> None:
        _verb, mechanism, *initial = command.split()
        if mechanism == "PLAIN":
            _, name, password = b64decode(initial[0]).decode().split("\0")
        else:
            given = []
            for question in ("Username:", "Password:"):
                await self._say(f"334 {b64encode(question.encode()).decode()}\r\n".encode())
                given.append(b64decode(await self._until(b"\n")).decode())
            name, password = given
        is_known = self._server.users.get(name) == password
        await self._answer("auth", USUAL["auth"] if is_known else "535 5.7.8 Who are you?")

    async def _data(self, usual: str) -> None:
        if not await self._answer("data", usual):
            return
        # The CRLF behind DATA is the one before the first line.
        self._buffer[:0] = b"\r\n"
        act = self._act("content")
        if act != Act():
            await self._until_some()
            await self._do("content", act, "")
        content = await self._until(b"\r\n.\r\n")
        content = content[2:-3].replace(b"\r\n..", b"\r\n.")
        if content.startswith(b".."):
            content = content[1:]
        act = self._act("dot")
        is_good = (act.reply if act.reply is not None else USUAL["dot"]).startswith("2")
        if self._recipient and (is_good if act.takes is None else act.takes):
            kept = content if self._server.keeps else b""
            self._server.take(Taken(self._sender or "", self._recipient, kept, self._number))
        self._sender, self._recipient = None, ""
        await self._do("dot", act, USUAL["dot"])

    # By the script

    def _act(self, step: StepName) -> Act:
        return self._server.script.act(step, self._recipient, self._number)

    async def _answer(self, step: StepName, usual: str = "") -> bool:
        """Whether the answer was good."""
        return await self._do(step, self._act(step), usual or USUAL[step])

    async def _do(self, step: StepName, act: Act, usual: str) -> bool:
        if act.waits:
            await asyncio.sleep(act.waits)
        reply = usual if act.reply is None else act.reply
        data = b"" if act.reply == "" else _lines(reply)
        if act.cut is not None:
            data = data[: act.cut]
        if act.held_back:
            self._held_back += data
        elif act.bytewise:
            for byte in data:
                await self._say(bytes([byte]))
                await asyncio.sleep(0.001)
        else:
            await self._say(data)
        if act.end:
            self._hang_up(is_hard=act.end == "reset")
        return act.takes if act.takes is not None else reply[:1] in {"2", "3"}

    async def _say(self, data: bytes) -> None:
        self._writer.write(self._held_back + data)
        self._held_back = b""
        await self._writer.drain()

    def _hang_up(self, *, is_hard: bool) -> None:
        if is_hard:
            raw = self._writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._writer.transport.abort()
        raise Over

    # What comes

    async def _until(self, mark: bytes) -> bytes:
        """With `mark`."""
        seen = 0
        while (found := self._buffer.find(mark, max(0, seen - len(mark)))) < 0:
            seen = len(self._buffer)
            await self._until_some()
        end = found + len(mark)
        data = bytes(self._buffer[:end])
        del self._buffer[:end]
        return data

    async def _until_some(self) -> None:
        data = await self._reader.read(MEGABYTE)
        if not data:
            raise Over
        self._buffer += data


def _address(command: str) -> str:
    return command.partition("<")[2].partition(">")[0]


def _lines(reply: str) -> bytes:
    """A reply of several lines as SMTP has it: all but the last with a hyphen behind their code.

    One that has CRLF in it is several replies, and left as it is.
    """
    if "\r\n" in reply:
        return f"{reply}\r\n".encode()
    *lines, last = reply.split("\n")
    return "".join(f"{line[:3]}-{line[4:]}\r\n" for line in lines).encode() + f"{last}\r\n".encode()
