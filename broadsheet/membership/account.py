"""What the account page and the export of one's data say of rights to read and of subscriptions."""

from typing import Any

from broadsheet.membership.models import (
    Consent,
    Entitlement,
    Gift,
    OfferUse,
    Subscription,
    Transition,
)
from broadsheet.people.models import Person


def rights(person: Person) -> dict[str, Any]:
    """What `person` may read by, and what they give: for the account page."""
    rows = Entitlement.objects.filter(person=person, subscription=None).live().order_by("-ends_at")
    return {
        "complimentary": rows.complimentary().first(),
        "gift_right": rows.exclude(gift=None).first(),
        "subscription": Subscription.objects.of(person),
        "donations": Subscription.objects.filter(person=person, is_donation=True)
        .live()
        .select_related("price__plan"),
        "gifts": Gift.objects.filter(buyer=person).select_related("price__plan"),
    }


def export(person: Person) -> list[Any]:
    # The reason is a note among the staff, but it is about the person, who may see it.
    rows = Entitlement.objects.filter(person=person).order_by("starts_at")
    return list(rows.values("starts_at", "ends_at", "reason"))


def export_subscriptions(person: Person) -> list[dict[str, Any]]:
    rows = Subscription.objects.filter(person=person).select_related("price__plan").order_by("began_at")
    return [
        {
            "number": row.number,
            "plan": row.plan,
            "state": row.state,
            "amount": row.amount,
            "currency": row.currency,
            "term": row.price.term,
            "began_at": row.began_at,
            "term_ends_at": row.term_ends_at,
            "ended_at": row.ended_at,
            "history": list(
                Transition.objects.filter(subscription=row).values("at", "what", "who", "why", "to_state")
            ),
            "pauses": list(row.pauses.values("starts_at", "until", "ended_at")),
            "cancellations": list(row.cancellations.values("at", "reason", "undone_at")),
        }
        for row in rows
    ]


def export_gifts(person: Person) -> list[dict[str, Any]]:
    fields = ("code", "recipient_name", "recipient_email", "message", "bought_at", "redeemed_at")
    bought = Gift.objects.filter(buyer=person).values(*fields)
    redeemed = Gift.objects.filter(redeemed_by=person).values("code", "redeemed_at")
    return [*bought, *redeemed]


def export_agreements(person: Person) -> dict[str, Any]:
    return {
        "consents": list(Consent.objects.filter(person=person).values("text", "given_at", "address")),
        "offers_used": list(OfferUse.objects.filter(person=person).values("offer__name", "used_at")),
    }
