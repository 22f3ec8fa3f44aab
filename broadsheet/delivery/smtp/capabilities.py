import re
from dataclasses import dataclass

import idna

from broadsheet.delivery.smtp.answer import Answer, Result
from broadsheet.delivery.smtp.replies import Reply

ASCII_PATH = re.compile(r"[!-;=?-~]+@[!-;=?A-~]+")


class Unsendable(Exception):
    """This message can’t be sent, or not to this server; `answer` says why, and whether it is so for good."""

    def __init__(self, code: int, enhanced: str, words: str, result: Result = Result.REFUSED) -> None:
        super().__init__(words)
        self.answer = Answer(result, code, enhanced, words)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a server said to EHLO that it can do."""

    pipelining: bool = False
    eight_bits: bool = False
    utf8: bool = False
    starttls: bool = False
    declares_size: bool = False
    size: int = 0
    """Bytes that a message may have; 0 where the server names no limit."""
    auth: frozenset[str] = frozenset()

    @classmethod
    def of(cls, reply: Reply) -> "Capabilities":
        said: dict[str, list[str]] = {}
        for line in reply.lines[1:]:
            # Some servers still write AUTH=LOGIN beside AUTH LOGIN, for the mail programs of the nineties.
            word, *values = line.decode(errors="replace").upper().replace("AUTH=", "AUTH ").split() or [""]
            said.setdefault(word, []).extend(values)
        size = "".join(said.get("SIZE", [])[:1])
        return cls(
            pipelining="PIPELINING" in said,
            eight_bits="8BITMIME" in said,
            utf8="SMTPUTF8" in said,
            starttls="STARTTLS" in said,
            declares_size="SIZE" in said,
            size=int(size) if size.isdecimal() else 0,
            auth=frozenset(said.get("AUTH", [])),
        )

    def mail_and_rcpt(self, sender: str, recipient: str, message: bytes) -> tuple[bytes, bytes]:
        """The two commands that go before `message`; raises Unsendable."""
        from_, to = path(sender), path(recipient)
        if not to:
            raise Unsendable(553, "5.1.3", "There is no address.")
        options = ""
        if self.declares_size:
            if self.size and len(message) > self.size:
                words = f"The message has {len(message):,} bytes, and the server takes {self.size:,}."
                raise Unsendable(552, "5.3.4", words)
            options += f" SIZE={len(message)}"
        has_8_bits = not message.isascii()
        if has_8_bits:
            if not self.eight_bits:
                raise Unsendable(554, "5.6.3", "The message has 8-bit lines, and the server takes 7 bits.")
            options += " BODY=8BITMIME"
        if not (from_ + to).isascii() or (has_8_bits and not _head(message).isascii()):
            if not self.utf8:
                raise Unsendable(553, "5.6.7", "The address is not in ASCII, and the server takes no other.")
            options += " SMTPUTF8"
        return f"MAIL FROM:<{from_}>{options}\r\n".encode(), f"RCPT TO:<{to}>\r\n".encode()


def path(address: str) -> str:
    """`address` with its domain in ASCII, as DNS knows it; raises Unsendable where it could be no one's.

    The part before the @ stays as it is: in ASCII it has no other form.
    """
    if not address:
        return ""
    if ASCII_PATH.fullmatch(address):
        return address
    mailbox, _at, domain = address.rpartition("@")
    if not mailbox or not domain or not address.isprintable() or any(letter in " <>" for letter in address):
        raise Unsendable(553, "5.1.3", "That is not an address.")
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode()
        except idna.IDNAError:
            raise Unsendable(553, "5.1.2", "The address’s domain can’t be one.") from None
    return f"{mailbox}@{domain}"


def _head(message: bytes) -> bytes:
    return message.partition(b"\r\n\r\n")[0]
