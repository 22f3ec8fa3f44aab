"""Mail that comes in and is no report about a message of ours: rooms above take in what is for them."""

from collections.abc import Callable

from broadsheet.delivery.intake import read
from broadsheet.delivery.models import Bounce

type IsFor = Callable[[str], bool]
"""Whether an address, as the mail server has it, is the room's."""
type TakeIn = Callable[[bytes, str], str]
"""Takes in a mail and the address that it came to; answers what became of it. Raises NotNow."""

_handlers: list[tuple[IsFor, TakeIn]] = []


class NotNow(Exception):
    """The mail server should try again later."""


def register(is_for: IsFor, take_in: TakeIn) -> None:
    _handlers.append((is_for, take_in))


def handler_of(address: str) -> TakeIn | None:
    """None where no room waits for mail to `address`."""
    return next((take_in for is_for, take_in in _handlers if is_for(address)), None)


def taken_in(raw: bytes, to: str) -> str:
    """Takes in a mail to `to` and says what became of it; raises NotAReport, Forged, NotNow."""
    if take_in := handler_of(to):
        return take_in(raw, to)
    bounce = Bounce.objects.take_in(read(raw, to))
    return f"Taken in: {bounce}" if bounce else "Taken in: nothing was returned."
