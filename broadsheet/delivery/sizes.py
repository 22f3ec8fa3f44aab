"""What a mail server takes."""

from django.conf import settings

MEGABYTE = 1_000_000
LINE, ENCODED_LINE = 57, 78
"""Bytes of a line of base64, before it is encoded and after, its end included (RFC 2045, 6.8)."""
ALL_ELSE = 100_000
"""Bytes of a message beside what is attached."""


def fits_mail(size: int) -> bool:
    """Whether a file of `size` bytes can be attached to a message."""
    return -(-size // LINE) * ENCODED_LINE + ALL_ELSE <= settings.MAIL_MEGABYTES * MEGABYTE
