from broadsheet.membership.models.catalogue.offer import Audience, Offer, OfferUse, Place
from broadsheet.membership.models.catalogue.plan import Market, Plan, Price
from broadsheet.membership.models.consent import Consent
from broadsheet.membership.models.entitlement import Entitlement, EntitlementQuerySet
from broadsheet.membership.models.gift import Gift
from broadsheet.membership.models.institution import (
    Institution,
    InstitutionDomain,
    InstitutionNetwork,
    InstitutionQuerySet,
)
from broadsheet.membership.models.intent import Intent, Verb
from broadsheet.membership.models.policy import SalesPolicy
from broadsheet.membership.models.revocation import Revocation
from broadsheet.membership.models.subscription.cancellation import Cancellation, CancelReason
from broadsheet.membership.models.subscription.pause import Pause
from broadsheet.membership.models.subscription.subscription import Subscription
from broadsheet.membership.models.subscription.transition import (
    CLOCK,
    PROVIDER,
    Actor,
    ActorKind,
    Change,
    State,
    Transition,
)
from broadsheet.membership.models.withdrawal import Withdrawal

__all__ = [
    "CLOCK",
    "PROVIDER",
    "Actor",
    "ActorKind",
    "Audience",
    "CancelReason",
    "Cancellation",
    "Change",
    "Consent",
    "Entitlement",
    "EntitlementQuerySet",
    "Gift",
    "Institution",
    "InstitutionDomain",
    "InstitutionNetwork",
    "InstitutionQuerySet",
    "Intent",
    "Market",
    "Offer",
    "OfferUse",
    "Pause",
    "Place",
    "Plan",
    "Price",
    "Revocation",
    "SalesPolicy",
    "State",
    "Subscription",
    "Transition",
    "Verb",
    "Withdrawal",
]
