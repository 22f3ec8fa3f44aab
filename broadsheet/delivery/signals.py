from django.dispatch import Signal

complained = Signal()
"""Sent with `recipient` when the reader of a message called it spam; once for each such report."""

unsubscribed = Signal()
"""Sent with `recipient` when a provider says that the reader of a message does not want the next one."""
