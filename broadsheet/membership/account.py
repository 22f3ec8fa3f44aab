"""What the account page and the export of one's data say of rights to read."""

from typing import Any, cast

from django.http import HttpRequest

from broadsheet.membership.models import Entitlement
from broadsheet.people.models import Person


def rights(request: HttpRequest) -> dict[str, Any]:
    return {
        "entitlement": Entitlement.objects.filter(person=cast(Person, request.user))
        .live()
        .order_by("-ends_at")
        .first()
    }


def export(person: Person) -> list[Any]:
    # The reason is a note among the staff, but it is about the person, who may see it.
    rows = Entitlement.objects.filter(person=person).order_by("starts_at")
    return list(rows.values("starts_at", "ends_at", "reason"))
