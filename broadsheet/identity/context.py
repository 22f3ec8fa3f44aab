from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from broadsheet.identity.look import look


def magazine(request: HttpRequest) -> dict[str, Any]:
    """How the edition that the address names looks; asked for when used."""
    return {"look": SimpleLazyObject(look)}
