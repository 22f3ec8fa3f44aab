from datetime import date
from hashlib import sha256
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from broadsheet.editorial.models.publication import Publication
from broadsheet.editorial.models.readiness import NotReadyError
from broadsheet.platform import clock
from broadsheet.platform.characters import without_forbidden
from broadsheet.platform.days import day_of


def today() -> date:
    """Today in the publication's time zone."""
    return day_of(clock.now(), Publication.load().zone)


class Correction(models.Model):
    """A dated public note on an article."""

    class Kind(models.TextChoices):
        CORRECTION = "correction", _("Correction")
        CLARIFICATION = "clarification", _("Clarification")
        RETRACTION = "retraction", _("Retraction")

    article = ParentalKey("editorial.Article", on_delete=models.CASCADE, related_name="corrections")
    kind = models.CharField(_("kind"), max_length=13, choices=Kind.choices, default=Kind.CORRECTION)
    date = models.DateField(_("date"), default=today)
    note = models.TextField(_("note"), help_text=_("What was wrong, and what is right."))
    tells_readers = models.BooleanField(
        _("tell those who read it"),
        default=False,
        help_text=_(
            "Once it is published, whoever was sent the article or opened it gets this note as a letter."
            " Not for a typing error."
        ),
    )

    panels = [
        FieldRowPanel([FieldPanel("kind"), FieldPanel("date")]),
        FieldPanel("note"),
        FieldPanel("tells_readers"),
    ]

    class Meta:
        ordering = ["date", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.date}"

    @property
    def key(self) -> str:
        """The same in each edition and revision: its words make it, for its id changes with each copy."""
        words = f"{self.kind} {self.date} {self.note}"
        return f"correction/{sha256(words.encode()).hexdigest()[:16]}"


class Correctable(models.Model):
    class Meta:
        abstract = True

    def correct(
        self,
        note: str,
        *,
        kind: Correction.Kind = Correction.Kind.CORRECTION,
        by: Any = None,
        tells_readers: bool = False,
    ) -> Correction:
        """Adds a public note, dated by the edition's own day, and publishes it.

        Only the note goes out: a newer draft stays a draft, or scheduled, and gets the note as well.
        """
        live: Any = type(self).objects.get(pk=self.pk)  # type: ignore[attr-defined]
        if not live.live:
            raise NotReadyError(live, [str(_("Only what is published can be corrected."))])
        draft = live.get_latest_revision_as_object() if live.has_unpublished_changes else None
        goes_live_at = live.latest_revision.approved_go_live_at if draft else None
        day = day_of(clock.now(), live.edition.zone)
        note = without_forbidden(note)  # as it is saved, to be found again
        correction = Correction(kind=kind, date=day, note=note, tells_readers=tells_readers)
        with transaction.atomic():
            live.corrections.add(correction)
            live.save_revision(user=by, log_action=True).publish(user=by)
            correction = Correction.objects.filter(article=self.pk, date=day, note=note).latest("pk")
            if draft:
                draft.corrections.add(correction)
                draft.save_revision(user=by, approved_go_live_at=goes_live_at)
        return correction
