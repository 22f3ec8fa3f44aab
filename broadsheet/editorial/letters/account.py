"""Letters in the export of somebody's data, and what becomes of them with an account."""

from typing import Any

from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.utils.translation import ngettext

from broadsheet.editorial.models import LetterState, LetterToEditor
from broadsheet.people.models import Person
from broadsheet.people.signals import accounts_merging, address_changed


def export(person: Person) -> list[dict[str, Any]]:
    rows = (
        LetterToEditor.objects.of(person).at_the_desk().select_related("article").prefetch_related("proofs")
    )
    return [
        {
            "number": row.number,
            "article": row.article.title,
            "written_at": row.came_at,
            "state": row.state,
            "name": row.name,
            "place": row.place,
            "named": row.naming,
            "email": row.email,
            "interest": row.interest,
            "agreed_to": row.consent,
            "text": row.text,
            "edited": row.draft if row.draft != row.text else "",
            "published": row.agreed if row.state == LetterState.PUBLISHED else "",
            "published_at": row.published_at,
            "reply": row.reply,
            "proofs": [
                {
                    "sent_at": proof.sent_at,
                    "text": proof.text,
                    "note": proof.note,
                    "answer": proof.answer,
                    "answered_at": proof.answered_at,
                    "words": proof.words,
                }
                for proof in row.proofs.all()
            ],
        }
        for row in rows.order_by("came_at", "pk")
    ]


def losses(person: Person) -> list[str]:
    count = LetterToEditor.objects.of(person).filter(state=LetterState.PUBLISHED).count()
    if not count:
        return []
    said = ngettext(
        "%d published letter to the editor stays, under your initials. Withdraw it first to have it gone.",
        "%d published letters to the editor stay, under your initials."
        " Withdraw them first to have them gone.",
        count,
    )
    return [said % count]


@receiver(pre_delete, sender=Person)
def forget(instance: Person, **kwargs: Any) -> None:
    for letter in LetterToEditor.objects.of(instance):
        letter.erase()


@receiver(accounts_merging)
def take_over(old: Person, new: Person, **kwargs: Any) -> None:
    LetterToEditor.objects.of(old).at_the_desk().update(person=new, email=new.email)


@receiver(address_changed)
def follow(person_id: int, old: str, new: str, **kwargs: Any) -> None:
    """The desk writes to where the writer reads now."""
    LetterToEditor.objects.filter(person=person_id).update(email=new)
