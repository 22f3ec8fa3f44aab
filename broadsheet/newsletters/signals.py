from django.dispatch import Signal

mailbox_erased = Signal()
"""Sent with `mailbox` when nothing may be known of its reader any more, in the same transaction."""
