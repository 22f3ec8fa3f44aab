from django.dispatch import Signal

issue_published = Signal()
"""Sent in the transaction in which a weekly issue is published, with `issue`."""

issue_withdrawn = Signal()
"""Sent in the transaction in which a weekly issue is withdrawn, with `issue`."""

issue_corrected = Signal()
"""Sent in the transaction in which something of a published issue itself is corrected, with `issue`."""
