from broadsheet.membership.models.catalogue.market import Market
from broadsheet.membership.models.catalogue.offer import Audience, Offer, OfferPlacement, OfferUse
from broadsheet.membership.models.catalogue.plan import Plan, Price
from broadsheet.membership.models.consent import Consent
from broadsheet.membership.models.entitlement import Entitlement, EntitlementQuerySet
from broadsheet.membership.models.gift import Gift
from broadsheet.membership.models.group.domain import GroupDomain
from broadsheet.membership.models.group.group import Group
from broadsheet.membership.models.group.seat import Seat
from broadsheet.membership.models.institution.domain import InstitutionDomain
from broadsheet.membership.models.institution.institution import Institution, InstitutionQuerySet
from broadsheet.membership.models.institution.network import InstitutionNetwork
from broadsheet.membership.models.podcast import PodcastFeed
from broadsheet.membership.models.policy import SalesPolicy
from broadsheet.membership.models.printed.delivery import PrintDelivery, PrintHold
from broadsheet.membership.models.printed.house import FulfilmentHouse, HouseFile
from broadsheet.membership.models.printed.printer_list import PrinterList, PrinterListLine
from broadsheet.membership.models.printed.subscriber import PrintDoubt, PrintSubscriber
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
    "FulfilmentHouse",
    "Gift",
    "Group",
    "GroupDomain",
    "HouseFile",
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
    "PodcastFeed",
    "Price",
    "PrintDelivery",
    "PrintDoubt",
    "PrintHold",
    "PrintSubscriber",
    "PrinterList",
    "PrinterListLine",
    "SalesPolicy",
    "Seat",
    "State",
    "Subscription",
    "Transition",
    "Verb",
    "Withdrawal",
]
