from broadsheet.delivery.smtp.answer import LONGEST_WORDS, STOPPED, Answer, Kind
from broadsheet.delivery.smtp.capabilities import Unfit
from broadsheet.delivery.smtp.connection import Connection
from broadsheet.delivery.smtp.feed import Feed
from broadsheet.delivery.smtp.fence import Fence, Sealed
from broadsheet.delivery.smtp.outgoing import Letter
from broadsheet.delivery.smtp.replies import Reply
from broadsheet.delivery.smtp.wire import Lost

TRIES = 3
"""Connections that one letter may lose before its dot until it is given up."""


class Closing(Lost):
    """The server wants this connection to end, and said so."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply))
        self.answer = reply.answer(Kind.DEFERRED)


class Exchange:
    """What is said over one connection: the commands of a letter travel behind the dot of the one before."""

    def __init__(self, connection: Connection, feed: Feed, fence: Fence) -> None:
        self._connection = connection
        self._feed = feed
        self._fence = fence
        self._letter: Letter | None = None
        self._following: Letter | None = None
        self._is_announced = False
        self._needs_reset = False
        self._is_past_dot = False
        self._is_halted = False

    async def carry(self, first: Letter) -> None:
        """`first` and those after it, until none came for a while or another connection is wanted."""
        try:
            self._begin(first)
            while letter := self._letter or await self._next_in_time():
                await self._send(letter)
            await self._connection.quit()
        except Lost as lost:
            self._settle(lost)
        except Sealed:
            # The server has all of it but the dot, and only a lost connection makes it forget that.
            self._letter = None
            self._settle(Lost("The message before it was sealed."))
        finally:
            # Left only where something broke that is no connection's fault.
            for letter in (self._following, self._letter):
                if letter and not self._is_past_dot:
                    self._feed.give_back(letter)
            self._connection.wire.abort()

    def halt(self) -> None:
        """No dot any more; a letter past its dot is waited for."""
        self._is_halted = True
        if not self._is_past_dot:
            self._connection.wire.abort(STOPPED)

    # Taking letters

    def _begin(self, letter: Letter | None) -> None:
        self._letter = letter
        if letter and not self._is_fit(letter):
            self._letter = self._next()
        if commands := self._announcement(self._letter):
            self._connection.wire.send(commands)

    def _next(self) -> Letter | None:
        while letter := self._feed.at_hand():
            if self._is_fit(letter):
                return letter
        return None

    def _is_fit(self, letter: Letter) -> bool:
        try:
            letter.address(self._connection.can)
        except Unfit as unfit:
            self._fence.after(letter.envelope.key, unfit.answer)
            return False
        return True

    async def _next_in_time(self) -> Letter | None:
        try:
            letter = await self._feed.next(self._connection.patience.idle)
        except TimeoutError:
            return None
        if letter and self._connection.wire.lost:
            # The server grew tired of waiting, for which the letter can't be blamed.
            self._feed.give_back(letter)
            return None
        self._begin(letter)
        return self._letter

    # Saying what there is to say

    def _announcement(self, letter: Letter | None) -> bytes:
        """What may be sent for `letter` before its turn; nothing where one command at a time is wanted.

        A letter that was lost is sent that way too: some servers promise more than they can do.
        """
        self._is_announced = False
        if not letter or letter.losses or not self._connection.can.pipelining:
            return b""
        self._is_announced = True
        return (b"RSET\r\n" if self._needs_reset else b"") + letter.mail + letter.rcpt + b"DATA\r\n"

    async def _said(self, command: bytes, seconds: float) -> Reply:
        """The reply to `command`, which is sent now unless it was announced; raises Closing."""
        if not self._is_announced:
            self._connection.wire.send(command)
        reply = await self._connection.wire.reply(seconds)
        if reply.code == 421:
            raise Closing(reply)
        return reply

    async def _send(self, letter: Letter) -> None:
        wire = self._connection.wire
        if refusal := await self._refusal(letter):
            self._fence.after(letter.envelope.key, refusal)
            self._begin(self._next())
            return
        wire.send(letter.message)
        await self._drain(letter)
        self._following = self._next()
        dot = b".\r\n" + self._announcement(self._following)
        # Nothing is awaited between these two: whoever was stopped before has to pass the fence when woken.
        self._fence.before_dot(letter.envelope.key)
        self._is_past_dot = True
        wire.send(dot)
        reply = await wire.reply(self._connection.patience.dot)
        self._is_past_dot = False
        self._letter, self._following = self._following, None
        answer = reply.answer()
        self._fence.after(letter.envelope.key, answer)
        if reply.code == 421 or answer.kind is Kind.UNKNOWN:
            raise Closing(reply)
        if self._is_halted:
            raise Lost(STOPPED)
        self._connection.taken += 1

    async def _refusal(self, letter: Letter) -> Answer | None:
        """The server's no to `letter`; None where it waits for the message."""
        patience, all_at_once = self._connection.patience, self._is_announced
        if self._needs_reset:
            await self._said(b"RSET\r\n", patience.command)
            self._needs_reset = False
        mail = await self._said(letter.mail, patience.command)
        rcpt = await self._said(letter.rcpt, patience.command) if all_at_once or mail.is_good else mail
        if mail.is_good and self._connection.taken and _is_too_many(rcpt):
            raise Closing(rcpt)
        data = await self._said(b"DATA\r\n", patience.data) if all_at_once or rcpt.is_good else rcpt
        if mail.is_good and rcpt.is_good and data.code == 354:
            return None
        refusal = next((reply for reply in (mail, rcpt, data) if reply.is_refusal), None)
        if not refusal:
            raise Lost(f"The server said what nobody expects here: {data}")
        if data.code == 354:
            await self._end_data(letter, rcpt, refusal)
        self._needs_reset = True
        return refusal.answer()

    async def _end_data(self, letter: Letter, rcpt: Reply, refusal: Reply) -> None:
        """Where the server waits for a message that is not to come (RFC 2920, 3.1)."""
        if rcpt.is_good:
            # A dot would send its reader an empty message.
            self._letter = None
            self._fence.after(letter.envelope.key, refusal.answer())
            raise Lost("The server wanted a message that it had refused.")
        self._connection.wire.send(b".\r\n")
        await self._connection.wire.reply(self._connection.patience.dot)

    async def _drain(self, letter: Letter) -> None:
        """Until all of `letter` but its dot is with the server; raises Lost where it won't take it."""
        wire = self._connection.wire
        try:
            await wire.drain(self._connection.patience.content)
        except Lost:
            if not wire.replies:
                raise
        if wire.replies:
            # Before the dot there is nothing to say but no.
            reply = wire.replies.popleft()
            if reply.is_refusal and reply.code != 421:
                self._letter = None
                self._fence.after(letter.envelope.key, reply.answer())
            raise Closing(reply)

    # When the connection is gone

    def _settle(self, lost: Lost) -> None:
        letter, following = self._letter, self._following
        self._letter = self._following = None
        if letter and self._is_past_dot:
            self._fence.after(letter.envelope.key, Answer(Kind.UNKNOWN, words=str(lost)[:LONGEST_WORDS]))
            letter = None
        for one in (following, letter):
            if one:
                one.losses += 1
                if isinstance(lost, Closing):
                    one.said = lost.answer
                if self._is_halted or one.losses == TRIES:
                    # The server may hang up at this very message, which must not come round at once for ever.
                    kind = Kind.DEFERRED if one.losses == TRIES else Kind.UNSENT
                    answer = one.said or Answer(kind, words=str(lost)[:LONGEST_WORDS])
                    self._fence.after(one.envelope.key, answer)
                else:
                    self._feed.give_back(one)


def _is_too_many(rcpt: Reply) -> bool:
    """Whether the server has had enough recipients in this session (RFC 5321, 4.5.3.1.10)."""
    answer = rcpt.answer()
    return rcpt.code == 452 and (answer.enhanced in {"", "4.5.3"} or "too many" in answer.words.lower())
