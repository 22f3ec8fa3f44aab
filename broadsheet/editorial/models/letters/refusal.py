from django.core.exceptions import ValidationError


class NotNow(ValidationError):
    """What was asked of a letter can't be done as it stands; the message says why."""
