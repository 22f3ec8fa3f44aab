from broadsheet.delivery.smtp.answer import LONGEST_WORDS, STOPPED, Answer, Result
from broadsheet.delivery.smtp.capabilities import Unsendable
from broadsheet.delivery.smtp.connection import Connection
from broadsheet.delivery.smtp.feed import Feed
from broadsheet.delivery.smtp.fence import Fence, Sealed
from broadsheet.delivery.smtp.outgoing import Outgoing
from broadsheet.delivery.smtp.replies import Reply
from broadsheet.delivery.smtp.wire import ConnectionLost

TRIES = 3
"""Connections that one message may lose before its dot until it is given up."""


class ServerClosing(ConnectionLost):
    """The server wants this connection to end, and said so."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply))
        self.answer = reply.answer(Result.DEFERRED)


class Exchange:
    """What is said over one connection: the commands of a message travel behind the dot of the one before."""

    def __init__(self, connection: Connection, feed: Feed, fence: Fence) -> None:
        self._connection = connection
        self._feed = feed
        self._fence = fence
        self._current: Outgoing | None = None
        self._following: Outgoing | None = None
        self._is_pipelined = False
        self._needs_reset = False
        self._is_past_dot = False
        self._is_halted = False

    async def run(self, first: Outgoing) -> None:
        """`first` and those after it, until none came for a while or another connection is wanted."""
        try:
            self._start(first)
            while outgoing := self._current or await self._next_in_time():
                await self._send(outgoing)
            await self._connection.quit()
        except ConnectionLost as lost:
            self._settle(lost)
        except Sealed:
            # The server has all of it but the dot, and only a lost connection makes it forget that.
            self._current = None
            self._settle(ConnectionLost("The message before it was sealed."))
        finally:
            # Left only where something broke that is no connection's fault.
            for outgoing in (self._following, self._current):
                if outgoing and not self._is_past_dot:
                    self._feed.give_back(outgoing)
            self._connection.wire.abort()

    def halt(self) -> None:
        """No dot any more; a message past its dot is waited for."""
        self._is_halted = True
        if not self._is_past_dot:
            self._connection.wire.abort(STOPPED)

    # Taking messages

    def _start(self, outgoing: Outgoing | None) -> None:
        self._current = outgoing
        if outgoing and not self._is_fit(outgoing):
            self._current = self._next()
        if commands := self._pipelined_commands(self._current):
            self._connection.wire.send(commands)

    def _next(self) -> Outgoing | None:
        while outgoing := self._feed.next_ready():
            if self._is_fit(outgoing):
                return outgoing
        return None

    def _is_fit(self, outgoing: Outgoing) -> bool:
        try:
            outgoing.address(self._connection.can)
        except Unsendable as error:
            self._fence.after(outgoing.envelope.key, error.answer)
            return False
        return True

    async def _next_in_time(self) -> Outgoing | None:
        try:
            outgoing = await self._feed.next(self._connection.timeouts.idle)
        except TimeoutError:
            return None
        if outgoing and self._connection.wire.lost:
            # The server grew tired of waiting, for which the message can't be blamed.
            self._feed.give_back(outgoing)
            return None
        self._start(outgoing)
        return self._current

    # Saying what there is to say

    def _pipelined_commands(self, outgoing: Outgoing | None) -> bytes:
        """What may be sent for `outgoing` before its turn; nothing where one command at a time is wanted.

        A message that was lost is sent that way too: some servers promise more than they can do.
        """
        self._is_pipelined = False
        if not outgoing or outgoing.losses or not self._connection.can.pipelining:
            return b""
        self._is_pipelined = True
        return (b"RSET\r\n" if self._needs_reset else b"") + outgoing.mail + outgoing.rcpt + b"DATA\r\n"

    async def _command(self, command: bytes, seconds: float) -> Reply:
        """The reply to `command`, which is sent now unless it was announced; raises ServerClosing."""
        if not self._is_pipelined:
            self._connection.wire.send(command)
        reply = await self._connection.wire.reply(seconds)
        if reply.code == 421:
            raise ServerClosing(reply)
        return reply

    async def _send(self, outgoing: Outgoing) -> None:
        wire = self._connection.wire
        if refusal := await self._refusal(outgoing):
            self._fence.after(outgoing.envelope.key, refusal)
            self._start(self._next())
            return
        wire.send(outgoing.message)
        await self._drain(outgoing)
        self._following = self._next()
        dot = b".\r\n" + self._pipelined_commands(self._following)
        # Nothing is awaited between these two: whoever was stopped before has to pass the fence when woken.
        self._fence.before_dot(outgoing.envelope.key)
        self._is_past_dot = True
        wire.send(dot)
        reply = await wire.reply(self._connection.timeouts.dot)
        self._is_past_dot = False
        self._current, self._following = self._following, None
        answer = reply.answer()
        self._fence.after(outgoing.envelope.key, answer)
        if reply.code == 421 or answer.result is Result.UNKNOWN:
            raise ServerClosing(reply)
        if self._is_halted:
            raise ConnectionLost(STOPPED)
        self._connection.taken += 1

    async def _refusal(self, outgoing: Outgoing) -> Answer | None:
        """The server's no to `outgoing`; None where it waits for the message."""
        timeouts, all_at_once = self._connection.timeouts, self._is_pipelined
        if self._needs_reset:
            await self._command(b"RSET\r\n", timeouts.command)
            self._needs_reset = False
        mail = await self._command(outgoing.mail, timeouts.command)
        rcpt = await self._command(outgoing.rcpt, timeouts.command) if all_at_once or mail.is_good else mail
        if mail.is_good and self._connection.taken and _is_too_many(rcpt):
            raise ServerClosing(rcpt)
        data = await self._command(b"DATA\r\n", timeouts.data) if all_at_once or rcpt.is_good else rcpt
        if mail.is_good and rcpt.is_good and data.code == 354:
            return None
        refusal = next((reply for reply in (mail, rcpt, data) if reply.is_refusal), None)
        if not refusal:
            raise ConnectionLost(f"The server said what nobody expects here: {data}")
        if data.code == 354:
            await self._end_data(outgoing, rcpt, refusal)
        self._needs_reset = True
        return refusal.answer()

    async def _end_data(self, outgoing: Outgoing, rcpt: Reply, refusal: Reply) -> None:
        """Where the server waits for a message that is not to come (RFC 2920, 3.1)."""
        if rcpt.is_good:
            # A dot would send its reader an empty message.
            self._current = None
            self._fence.after(outgoing.envelope.key, refusal.answer())
            raise ConnectionLost("The server wanted a message that it had refused.")
        self._connection.wire.send(b".\r\n")
        await self._connection.wire.reply(self._connection.timeouts.dot)

    async def _drain(self, outgoing: Outgoing) -> None:
        """Until the server has all of `outgoing` but its dot; raises ConnectionLost where it won't."""
        wire = self._connection.wire
        try:
            await wire.drain(self._connection.timeouts.content)
        except ConnectionLost:
            if not wire.replies:
                raise
        if wire.replies:
            # Before the dot there is nothing to say but no.
            reply = wire.replies.popleft()
            if reply.is_refusal and reply.code != 421:
                self._current = None
                self._fence.after(outgoing.envelope.key, reply.answer())
            raise ServerClosing(reply)

    # When the connection is gone

    def _settle(self, lost: ConnectionLost) -> None:
        outgoing, following = self._current, self._following
        self._current = self._following = None
        if outgoing and self._is_past_dot:
            self._fence.after(outgoing.envelope.key, Answer(Result.UNKNOWN, words=str(lost)[:LONGEST_WORDS]))
            outgoing = None
        for one in (following, outgoing):
            if one:
                one.losses += 1
                if isinstance(lost, ServerClosing):
                    one.said = lost.answer
                if self._is_halted or one.losses == TRIES:
                    # The server may hang up at this very message, which must not come round at once for ever.
                    result = Result.DEFERRED if one.losses == TRIES else Result.UNSENT
                    answer = one.said or Answer(result, words=str(lost)[:LONGEST_WORDS])
                    self._fence.after(one.envelope.key, answer)
                else:
                    self._feed.give_back(one)


def _is_too_many(rcpt: Reply) -> bool:
    """Whether the server has had enough recipients in this session (RFC 5321, 4.5.3.1.10)."""
    answer = rcpt.answer()
    return rcpt.code == 452 and (answer.enhanced in {"", "4.5.3"} or "too many" in answer.words.lower())
