from typing import Any

from broadsheet.identity.models import Identity
from broadsheet.people.models import Person


def applied(by: Person | None = None, **changes: Any) -> Identity:
    """An identity of the whole publication, as it is now but for `changes`, which everybody sees."""
    identity = Identity.like(Identity.current(None), by, None)
    for field, value in changes.items():
        setattr(identity, field, value)
    identity.full_clean(exclude=["made_by", "applied_by"])
    identity.apply(by)
    return identity
