"""What the account page and the export of one's data say of subscriptions, and what an erasure takes."""

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.utils.translation import gettext as _

from broadsheet.membership.models import (
    Consent,
    Entitlement,
    Gift,
    Group,
    OfferUse,
    PodcastFeed,
    PrintDelivery,
    PrintDoubt,
    PrinterListLine,
    PrintSubscriber,
    Seat,
    Subscription,
    Transition,
    Withdrawal,
)
from broadsheet.membership.models.printed.printer_list import forget_on_lists
from broadsheet.notices.models import Notice
from broadsheet.people.models import Person
from broadsheet.platform import clock


def rights(person: Person) -> dict[str, Any]:
    """What `person` may read by, and what they give: for the account page."""
    rows = Entitlement.objects.filter(person=person, subscription=None).live().order_by("-ends_at", "pk")
    return {
        "complimentary": rows.complimentary().first(),
        "remainder": rows.exclude(remainder_of=None).first(),
        "gift_right": rows.exclude(gift=None).first(),
        "subscription": Subscription.objects.of(person),
        "donations": Subscription.objects.filter(person=person, is_donation=True)
        .live()
        .select_related("price__plan"),
        "seats": Seat.objects.of(person).select_related("group__subscription"),
        "papers": PrintSubscriber.objects.live().filter(person=person).select_related("house"),
        "groups": Group.objects.owned_by(person).select_related("subscription__price__plan"),
        "gifts": Gift.objects.filter(buyer=person).select_related("price__plan"),
    }


def zone_of(person: Person) -> ZoneInfo | None:
    """That of the edition in which `person` subscribed last."""
    subscription = Subscription.objects.filter(person=person).order_by("-pk").first()
    return subscription.zone if subscription else None


def holdings(person: Person) -> list[str]:
    """What `person` reads by besides complimentary subscriptions: a line for each, for the staff."""
    subscriptions = Subscription.objects.filter(person=person).reading().live().select_related("price__plan")
    lines = [
        _("Subscription %(number)s, %(plan)s: %(state)s")
        % {"number": row.number, "plan": row.plan, "state": row.get_state_display()}
        for row in subscriptions
    ]
    others = Entitlement.objects.filter(person=person, subscription=None, ends_at__gt=clock.now())
    for row in others.exclude(gift=None, remainder_of=None).order_by("ends_at", "pk"):
        what = _("What is left of a subscription") if row.remainder_of_id else _("A gift")
        lines.append(_("%(what)s, until %(day)s") % {"what": what, "day": row.last_day})
    seats = Seat.objects.of(person).select_related("group")
    lines += [_("A seat of %s") % seat.group.name for seat in seats]
    papers = PrintSubscriber.objects.live().filter(person=person)
    lines += [_("The paper, number %s") % row.number for row in papers]
    groups = Group.objects.owned_by(person).live().select_related("subscription")
    lines += [_("Owner of the group %s") % group.name for group in groups]
    return lines


def export(person: Person) -> list[Any]:
    # The reason is a note among the staff, but it is about the person, who may see it.
    rows = Entitlement.objects.filter(person=person).order_by("starts_at", "pk")
    return [
        {
            "starts_at": row.starts_at,
            "ends_at": None if row.is_open_ended else row.ends_at,
            "reason": row.reason,
        }
        for row in rows
    ]


def export_subscriptions(person: Person) -> list[dict[str, Any]]:
    rows = Subscription.objects.filter(person=person).select_related("price__plan").order_by("began_at", "pk")
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
            "time_zone": row.time_zone,
            "ended_at": row.ended_at,
            "history": list(
                Transition.objects.filter(subscription=row).values("at", "what", "who", "why", "to_state")
            ),
            "pauses": list(row.pauses.values("starts_at", "until", "ended_at")),
            "cancellations": list(row.cancellations.values("at", "reason", "undone_at")),
            "wishes": list(row.intents.values("asked_at", "verb", "why", "done_at", "failed_at", "fault")),
        }
        for row in rows
    ]


def export_gifts(person: Person) -> list[dict[str, Any]]:
    fields = ("code", "recipient_name", "recipient_email", "message", "bought_at", "redeemed_at")
    bought = Gift.objects.filter(buyer=person).values(*fields)
    redeemed = Gift.objects.filter(redeemed_by=person).values("code", "buyer_name", "message", "redeemed_at")
    return [*bought, *redeemed]


def export_groups(person: Person) -> dict[str, Any]:
    """The groups that `person` owns, and their own seats. Who else has one is those people's data."""
    owned = Group.objects.owned_by(person).select_related("subscription")
    seats = Seat.objects.filter(Q(person=person) | Q(person=None, email=person.email)).select_related("group")
    return {
        "owned": [
            {
                "number": group.number,
                "name": group.name,
                "seats": group.seats,
                "taken": group.taken,
                "domains": list(group.domains.values_list("domain", flat=True)),
            }
            for group in owned
        ],
        "seats": [
            {
                "group": seat.group.name,
                "email": seat.email,
                "name": seat.name,
                "invited_at": seat.invited_at,
                "taken_at": seat.taken_at,
                "ended_at": seat.ended_at,
            }
            for seat in seats
        ],
    }


def export_paper(person: Person) -> dict[str, Any]:
    deliveries = PrintDelivery.objects.filter(subscription__person=person).select_related("subscription")
    fields = ("number", "email", "name", "postcode", "paid_until", "linked_at", "linked_how", "ended_at")
    doubts = PrintDoubt.objects.filter(person=person)
    return {
        "deliveries": [
            {
                "subscription": row.subscription.number,
                "address": row.address,
                "changed_at": row.changed_at,
                "holds": list(row.holds.values("first_day", "last_day", "set_at")),
            }
            for row in deliveries
        ],
        "lists": list(
            PrinterListLine.objects.filter(person=person)
            .order_by("printer_list__closing_on")
            .values("printer_list__closing_on", "number", "what", "recipient", "street", "postcode", "city")
        ),
        "subscriptions": list(PrintSubscriber.objects.filter(person=person).values(*fields)),
        "asked": list(doubts.values("subscriber__number", "typed_postcode", "raised_at", "settled_at")),
    }


def export_agreements(person: Person) -> dict[str, Any]:
    used = OfferUse.objects.filter(person=person).order_by("used_at", "pk")
    return {
        "consents": list(Consent.objects.filter(person=person).values("text", "given_at", "address")),
        "offers_used": list(used.values("offer__name", "used_at")),
    }


def export_notices(person: Person) -> list[Any]:
    rows = Notice.objects.filter(person=person).order_by("due_at", "pk")
    return list(rows.values("kind", "due_at", "sent_at"))


def export_withdrawals(person: Person) -> list[Any]:
    rows = Withdrawal.objects.filter(email__iexact=person.email).order_by("received_at", "pk")
    return list(rows.values("name", "email", "contract", "received_at", "settled_at", "note"))


def export_podcast(person: Person) -> list[Any]:
    return list(PodcastFeed.objects.filter(person=person).values("made_at"))


def losses(person: Person) -> list[str]:
    """What is said before the account is erased."""
    said = []
    for subscription in Subscription.objects.filter(person=person).live().select_related("price__plan"):
        if subscription.is_donation:
            said.append(_("Your donation to %s ends.") % subscription.plan)
            continue
        if subscription.is_group:
            said.append(
                _("%s ends at once, and all who have a seat lose it. Make somebody else its owner first.")
                % subscription.plan
            )
            continue
        until = {"plan": subscription.plan, "day": subscription.term_end}
        said.append(
            _("Your subscription %(plan)s ends at once. It runs until %(day)s, and that time is lost.")
            % until
        )
        said.append(
            _("If you only want to stop paying, cancel it instead. Then you can read until that day.")
        )
    if Entitlement.objects.filter(person=person, subscription=None).live().exists():
        said.append(_("You lose any access that somebody has given you."))
    if Gift.objects.filter(buyer=person).exists():
        said.append(_("Subscriptions that you gave to others stay theirs, without your name."))
    if said:
        said.append(_("Invoices are kept without your name and address, as tax law asks."))
    return said


@receiver(pre_delete, sender=Person)
def take_name_off(instance: Person, **kwargs: Any) -> None:
    """What they gave works on for others, and nothing of it says who they were."""
    for gift in Gift.objects.filter(buyer=instance).exclude(buyer_name=""):
        named = Transition.objects.filter(
            subscription__person=gift.redeemed_by_id, why__contains=gift.buyer_name
        )
        named.update(why="")
    Gift.objects.filter(buyer=instance).update(buyer_name="", message="")
    # The house's own number stays, by which its next file knows the line.
    PrintSubscriber.objects.filter(person=instance).update(
        name="", email="", postcode="", bare_postcode="", linked_at=None, linked_how=""
    )
    forget_on_lists(instance)
    for group in Group.objects.owned_by(instance).live().select_related("subscription__price"):
        group.tell_of_erasure()
    Gift.objects.filter(redeemed_by=instance).update(recipient_name="", recipient_email="")
    Notice.objects.filter(email__iexact=instance.email, sent_at__isnull=False).delete()
    # One that is open is a claim, which somebody must settle first.
    Withdrawal.objects.filter(email__iexact=instance.email, settled_at__isnull=False).delete()
