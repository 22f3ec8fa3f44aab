from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from broadsheet.editorial.models import Edition
from broadsheet.paywall.wall.wording import Situation, Words, faults_of


class WordsField(models.CharField):  # type: ignore[type-arg]
    """A line or some sentences of the wall, with placeholders."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        cleaned = super().clean(value, model_instance)
        if fault := faults_of(cleaned):
            raise ValidationError(fault)
        return cleaned


class WallWordingQuerySet(models.QuerySet["WallWording"]):
    def said_in(self, tag: str, situation: Situation) -> Self:
        """Those for an edition, named by its language tag: its own first, then the one for all."""
        here = Q(edition=None) | Q(edition__locale__language_code=tag)
        return self.filter(here, situation=situation).order_by(F("edition").asc(nulls_last=True))


class WallWording(models.Model):
    """How the wall is worded in one situation, in one edition or in all of them."""

    edition = models.ForeignKey(
        Edition,
        on_delete=models.CASCADE,
        verbose_name=gettext_lazy("edition"),
        null=True,
        blank=True,
        related_name="+",
        help_text=gettext_lazy("Empty: every edition without words of its own."),
    )
    situation = models.CharField(gettext_lazy("to whom"), max_length=20, choices=Situation.choices)
    title = WordsField(
        gettext_lazy("why the wall is there"),
        max_length=120,
        help_text=gettext_lazy("One sentence. What you leave empty is said in the magazine’s usual words."),
    )
    text = WordsField(gettext_lazy("what to do now"), max_length=400)
    button = WordsField(
        gettext_lazy("button"),
        max_length=40,
        help_text=gettext_lazy("Where the wall has the form to register."),
    )

    objects = WallWordingQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("wording")
        verbose_name_plural = gettext_lazy("wordings")
        ordering = ["situation", "edition_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "situation"],
                name="wall_worded_once_an_edition",
                violation_error_message=gettext_lazy("This edition has words for that already."),
            ),
            # To a database two empty editions are not the same one.
            models.UniqueConstraint(
                fields=["situation"],
                condition=Q(edition=None),
                name="wall_worded_once_for_all",
                violation_error_message=gettext_lazy("There are words for that in all editions already."),
            ),
            models.CheckConstraint(
                condition=~Q(title="", text="", button=""), name="wall_wording_says_something"
            ),
        ]

    def __str__(self) -> str:
        return str(Situation(self.situation).label)

    def clean(self) -> None:
        super().clean()
        if not (self.title or self.text or self.button):
            raise ValidationError(_("Write at least one of the sentences."))

    @property
    def words(self) -> Words:
        return Words(self.title, self.text, self.button)
