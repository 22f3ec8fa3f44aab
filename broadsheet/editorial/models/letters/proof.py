from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from broadsheet.platform import clock


class ProofQuerySet(models.QuerySet["Proof"]):
    def open(self) -> Self:
        return self.filter(answer="")

    def supersede(self) -> int:
        """What was sent and not answered holds no longer: the desk has gone on."""
        return self.open().update(answer=Proof.Answer.SUPERSEDED, answered_at=clock.now())


class Proof(models.Model):
    """An edited letter as it was sent to its writer, and what they answered."""

    class Answer(models.TextChoices):
        AGREED = "agreed", _("agreed")
        ASKED = "asked", _("asked for a change")
        SUPERSEDED = "superseded", _("not answered")

    letter = models.ForeignKey(
        "editorial.LetterToEditor", on_delete=models.CASCADE, related_name="proofs", editable=False
    )
    text = models.TextField()
    note = models.TextField(blank=True)
    """What the desk wrote to the writer with it."""
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    sent_at = models.DateTimeField(default=clock.now)
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    words = models.TextField(blank=True)
    """Which change they asked for."""

    objects = ProofQuerySet.as_manager()

    class Meta:
        verbose_name = _("proof")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["letter"], condition=Q(answer=""), name="one_open_proof_of_a_letter"
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="proof_answered_has_a_moment",
            ),
        ]

    if TYPE_CHECKING:
        letter_id: int

    def __str__(self) -> str:
        return f"{self.letter_id}, {self.sent_at:%Y-%m-%d %H:%M}"

    def close(self, answer: Answer, words: str = "") -> None:
        self.answer, self.answered_at, self.words = answer, clock.now(), words
        self.save(update_fields=["answer", "answered_at", "words"])
