"""What the account page and the export of one's data say of the meter."""

from typing import Any, cast

from django.http import HttpRequest

from broadsheet.membership.models import Entitlement
from broadsheet.meter.models import Grant
from broadsheet.meter.standing import standing_of
from broadsheet.meter.terms import current_terms
from broadsheet.people.models import Person


def reads(request: HttpRequest) -> dict[str, Any]:
    """The articles that the reader opened in this period, and why the wall is there or not."""
    reader = cast(Person, request.user)
    return {
        "standing": standing_of(reader, current_terms(request, reader)),
        "is_subscriber": Entitlement.objects.entitle(reader),
    }


def export(person: Person) -> list[dict[str, Any]]:
    rows = Grant.objects.filter(reader=person).order_by("granted_at")
    return [
        {
            "article": str(grant.article),
            "period": grant.period,
            "charged": grant.charged,
            "opened_at": grant.granted_at,
            "open_until": grant.open_until,
        }
        for grant in rows
    ]
