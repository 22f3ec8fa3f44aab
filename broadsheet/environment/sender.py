"""Whom messages come from."""

from email.utils import getaddresses

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from broadsheet.environment.malformed import Malformed


def sender(raw: str) -> str:
    """One address, with or without a name before it; raises Malformed."""
    try:
        ((_name, address),) = getaddresses([raw])
    except ValueError:
        raise Malformed("it must be one address (around a name with a comma put quotation marks)") from None
    try:
        validate_email(address)
    except ValidationError:
        raise Malformed("it must be an address, or a name with the address in angle brackets") from None
    if not raw.isprintable():
        raise Malformed("it holds a character that no message can have there")
    return raw
