import asyncio
import ssl
from base64 import b64encode
from functools import cache

from broadsheet.delivery.smtp.capabilities import Capabilities
from broadsheet.delivery.smtp.relay import Relay, Security, Unreachable
from broadsheet.delivery.smtp.replies import Reply
from broadsheet.delivery.smtp.wire import ConnectionLost, Wire

QUIT_TIMEOUT = 2.0
"""Seconds that QUIT may take."""


@cache
def default_tls() -> ssl.SSLContext:
    return ssl.create_default_context()


class Connection:
    """To a relay that has let us in."""

    def __init__(self, relay: Relay, wire: Wire, capabilities: Capabilities) -> None:
        self.wire = wire
        self.can = capabilities
        self.timeouts = relay.timeouts
        self.taken = 0
        """Messages that the server took over this connection."""

    @classmethod
    async def open(cls, relay: Relay) -> "Connection":
        """Raises Unreachable."""
        trust = relay.trust or default_tls()
        implicit = relay.security is Security.IMPLICIT
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(relay.timeouts.connecting):
                _transport, wire = await loop.create_connection(
                    Wire,
                    relay.host,
                    relay.port,
                    ssl=trust if implicit else None,
                    server_hostname=relay.host if implicit else None,
                )
        except OSError as error:  # TimeoutError and the errors of ssl are among them
            raise Unreachable(f"{relay.host}:{relay.port}: {error or 'no answer'}") from error
        try:
            return cls(relay, wire, await _handshake(wire, relay, trust))
        except (OSError, ConnectionLost) as error:
            wire.abort()
            raise Unreachable(f"{relay.host}:{relay.port}: {error}") from error
        except BaseException:
            wire.abort()
            raise

    async def ask(self, command: bytes, seconds: float | None = None) -> Reply:
        """Raises ConnectionLost."""
        self.wire.send(command)
        return await self.wire.reply(seconds or self.timeouts.command)

    async def quit(self) -> None:
        try:
            await self.ask(b"QUIT\r\n", min(QUIT_TIMEOUT, self.timeouts.command))
        except ConnectionLost:
            pass  # it is over either way
        finally:
            self.wire.close()


async def greet(relay: Relay) -> None:
    """Only sees whether it lets us in; raises Unreachable."""
    connection = await Connection.open(relay)
    await connection.quit()


async def _handshake(wire: Wire, relay: Relay, trust: ssl.SSLContext) -> Capabilities:
    greeting = await wire.reply(relay.timeouts.greeting)
    if not greeting.is_good:
        raise _rejected(relay, greeting)
    can = await _ehlo(wire, relay)
    if relay.security is Security.STARTTLS:
        if not can.starttls:
            raise Unreachable(f"{relay.host}:{relay.port} offers no STARTTLS")
        reply = await _command(wire, relay, b"STARTTLS\r\n")
        if not reply.is_good:
            raise _rejected(relay, reply)
        await wire.secure(trust, relay.host, relay.timeouts.connecting)
        # What was said in the clear may have been said by anyone.
        can = await _ehlo(wire, relay)
    if relay.username:
        await _authenticate(wire, relay, can)
    return can


async def _ehlo(wire: Wire, relay: Relay) -> Capabilities:
    reply = await _command(wire, relay, f"EHLO {relay.name}\r\n".encode())
    if reply.is_good:
        return Capabilities.of(reply)
    if reply.code // 100 == 5:
        reply = await _command(wire, relay, f"HELO {relay.name}\r\n".encode())
    if not reply.is_good:
        raise _rejected(relay, reply)
    return Capabilities()


async def _authenticate(wire: Wire, relay: Relay, can: Capabilities) -> None:
    username, password = relay.username.encode(), relay.password.encode()
    if "PLAIN" in can.auth:
        plain = b64encode(b"\0" + username + b"\0" + password)
        reply = await _command(wire, relay, b"AUTH PLAIN " + plain + b"\r\n")
    elif "LOGIN" in can.auth:
        reply = await _command(wire, relay, b"AUTH LOGIN\r\n")
        for given in (username, password):
            if reply.code == 334:
                reply = await _command(wire, relay, b64encode(given) + b"\r\n")
    else:
        raise Unreachable(f"{relay.host}:{relay.port} offers neither AUTH PLAIN nor AUTH LOGIN")
    if not reply.is_good:
        raise _rejected(relay, reply)


async def _command(wire: Wire, relay: Relay, command: bytes) -> Reply:
    wire.send(command)
    return await wire.reply(relay.timeouts.command)


def _rejected(relay: Relay, reply: Reply) -> Unreachable:
    return Unreachable(f"{relay.host}:{relay.port} said: {reply}")
