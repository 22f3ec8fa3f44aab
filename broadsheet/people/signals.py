from django.dispatch import Signal

sessions_ended = Signal()
"""Sent with `person_id` when what a browser keeps of a person must no longer speak for them.

They signed another browser out, or all of them, or changed the password; or the account was closed or
erased, after which there is no row with this id. Sent in the transaction of its cause.
"""

role_given = Signal()
"""Sent with `person_id` when somebody begins to work here or gets one more role, in the same transaction."""
