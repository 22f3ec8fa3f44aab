from broadsheet.membership.models.entitlement import Entitlement, EntitlementQuerySet
from broadsheet.membership.models.institution import (
    Institution,
    InstitutionDomain,
    InstitutionNetwork,
    InstitutionQuerySet,
)
from broadsheet.membership.models.revocation import Revocation

__all__ = [
    "Entitlement",
    "EntitlementQuerySet",
    "Institution",
    "InstitutionDomain",
    "InstitutionNetwork",
    "InstitutionQuerySet",
    "Revocation",
]
