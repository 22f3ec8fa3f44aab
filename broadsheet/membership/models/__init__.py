from broadsheet.membership.models.catalogue.market import Market
from broadsheet.membership.models.catalogue.offer import Audience, Offer, OfferPlacement, OfferUse
from broadsheet.membership.models.catalogue.plan import Plan, Price
from broadsheet.membership.models.consent import Consent
from broadsheet.membership.models.entitlement import Entitlement, EntitlementQuerySet
from broadsheet.membership.models.gift import Gift
from broadsheet.membership.models.institution.domain import InstitutionDomain
from broadsheet.membership.models.institution.institution import Institution, InstitutionQuerySet
from broadsheet.membership.models.institution.network import InstitutionNetwork
from broadsheet.membership.models.policy import SalesPolicy
from broadsheet.membership.models.subscription.cancellation import Cancellation, CancelReason
from broadsheet.membership.models.subscription.intent import Intent, Verb
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
    "OfferPlacement",
    "OfferUse",
    "Pause",
    "Plan",
    "Price",
    "SalesPolicy",
    "State",
    "Subscription",
    "Transition",
    "Verb",
    "Withdrawal",
]
