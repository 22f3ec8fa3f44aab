"""What the room says of somebody in the export of their data, and what goes with an account."""

from typing import Any

from django.db.models import Prefetch, Q
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.http import HttpRequest

from broadsheet.contact.models import Attachment, Conversation, Inquiry, Move
from broadsheet.membership.models import Entitlement
from broadsheet.people.current import person_of
from broadsheet.people.models import Person
from broadsheet.people.signals import accounts_merging


def has_nothing(request: HttpRequest) -> dict[str, Any]:
    """For the account page: whether nothing to read by is in the account that is signed in."""
    return {"reads_by_nothing": not Entitlement.objects.filter(person=person_of(request)).live().exists()}


def export_conversations(person: Person) -> list[dict[str, Any]]:
    """With what our staff noted: it is about the person, who may see it."""
    rows = (
        Conversation.objects.of(person)
        .prefetch_related(Prefetch("messages__attachments", Attachment.objects.listed()))
        .order_by("began_at", "pk")
    )
    return [
        {
            "number": row.number,
            "subject": row.subject,
            "email": row.email,
            "name": row.name,
            "state": row.state,
            "began_at": row.began_at,
            "said_of_the_subscription": row.clues,
            "messages": [
                {
                    "at": message.at,
                    "kind": message.kind,
                    "from": message.email,
                    "text": message.text,
                    "files": [attachment.name for attachment in message.attachments.all()],
                }
                for message in row.messages.all()
            ],
        }
        for row in rows
    ]


def export_moves(person: Person) -> list[dict[str, Any]]:
    rows = Move.objects.filter(person=person).order_by("asked_at", "pk")
    return list(rows.values("from_email", "to_email", "why", "asked_at", "due_at", "ended_at", "outcome"))


def export_searches(person: Person) -> list[dict[str, Any]]:
    rows = Inquiry.objects.filter(person=person).order_by("at", "pk")
    return [{"at": row.at, "outcome": row.outcome} for row in rows]


@receiver(pre_delete, sender=Person)
def forget_conversations(instance: Person, **kwargs: Any) -> None:
    """What they wrote, with what was answered, and what was to be moved from or to their mailbox."""
    Conversation.objects.of(instance).delete()
    Inquiry.objects.filter(Q(email=instance.email) | Q(reply_to=instance.email), settled_at=None).delete()
    Move.objects.filter(Q(person=instance) | Q(to_email=instance.email)).delete()


@receiver(accounts_merging)
def take_over(old: Person, new: Person, **kwargs: Any) -> None:
    """What they wrote from the old mailbox is answered at the new one."""
    Conversation.objects.of(old).update(person=new, email=new.email)
    Move.objects.filter(person=old).update(person=None)
