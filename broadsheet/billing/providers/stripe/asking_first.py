"""Ask first, write then: nothing is locked and no transaction is open while Stripe is waited for.

On SQLite one transaction is all that can write. What was asked for without a lock may be older than what
somebody else has written meanwhile, so that it is asked for again where the rows have changed.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager

from broadsheet.billing.providers.stripe.api import Unreachable

TRIES = 5


def ask_first[Seen, Found](
    *,
    see: Callable[[], Seen],
    ask: Callable[[], Found],
    lock: Callable[[Found], AbstractContextManager[None]],
    write: Callable[[Found], None],
) -> None:
    """Writes what `ask` finds, under `lock`, if the rows are as they were before it was asked for.

    `see` says what the rows say now. Raises Unreachable where they never stay as they are.
    """
    for _try in range(TRIES):
        before = see()
        found = ask()
        with lock(found):
            if see() == before:
                write(found)
                return
    raise Unreachable
