"""What a message is known by outside: its Message-ID, and the return path by which its bounce comes back."""

import hmac

PREFIX = "bounces"
SIGNATURE = 20
"""Characters, of four bits each."""


class Forged(ValueError):
    """Not a return path that we made."""


def message_id(secret: bytes, send: str, recipient: str, domain: str) -> str:
    """With its angle brackets. The same one whenever it is asked for, so that a message is known again."""
    digest = hmac.digest(secret, f"message-id\0{send}\0{recipient}".encode(), "sha256")
    return f"<{digest[:16].hex()}@{domain}>"


def return_path(secret: bytes, recipient: int, domain: str) -> str:
    """The envelope's sender of the message to the row `recipient`, which nobody else can make."""
    return f"{PREFIX}+{recipient}-{_signature(secret, recipient)}@{domain}"


def returned(secrets: list[bytes], address: str) -> int:
    """The row that `address`, a return path, was made for; raises Forged.

    Small and capital letters count the same: some servers change them on the way.
    """
    mailbox = address.rpartition("@")[0].lower()
    number, dash, signature = mailbox.removeprefix(f"{PREFIX}+").partition("-")
    if not (
        mailbox.startswith(f"{PREFIX}+")
        and dash
        and number.isascii()
        and number.isdecimal()
        and len(number) < 20
    ):
        raise Forged(address)
    given = signature.encode()
    if not any(hmac.compare_digest(_signature(key, int(number)).encode(), given) for key in secrets):
        raise Forged(address)
    return int(number)


def _signature(secret: bytes, recipient: int) -> str:
    return hmac.digest(secret, f"return-path\0{recipient}".encode(), "sha256").hex()[:SIGNATURE]
