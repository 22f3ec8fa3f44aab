from django.dispatch import Signal

sessions_ended = Signal()
"""Sent with `person_id` when what a browser keeps of a person must no longer speak for them.

They signed another browser out, or all of them, or changed the password; or the account was closed or
erased, after which there is no row with this id. Sent in the transaction of its cause.
"""

code_sent = Signal()
"""Sent with `request` and `mailed` when a code to sign in was sent.

Rooms above may have fields of their own in its form.
"""

mailbox_proven = Signal()
"""Sent with `request`, `mailed` and `person` when somebody signs in by the code or the link of a message."""

address_changed = Signal()
"""Sent with `person_id`, `old` and `new` when an account has another address, in the same transaction."""

accounts_merging = Signal()
"""Sent with `old` and `new`, two people, before `old` is erased: each room moves what must stay."""

role_given = Signal()
"""Sent with `person_id` when somebody begins to work here or gets one more role, in the same transaction."""
