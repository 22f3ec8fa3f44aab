from broadsheet.membership.models.entitlement import Entitlement, EntitlementQuerySet

__all__ = ["Entitlement", "EntitlementQuerySet"]
