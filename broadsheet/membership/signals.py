from django.dispatch import Signal

subscription_moved = Signal()
"""Sent with `subscription`, `old` and `new`, two people's ids, in the transaction in which it goes over."""
