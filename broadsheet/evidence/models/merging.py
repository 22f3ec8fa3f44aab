from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _


class MergeableQuerySet(models.QuerySet[Any]):
    def with_current(self) -> Self:
        return self.select_related("merged_into")

    def for_bodies(self) -> Self:
        # Hardly any was merged: those that were are asked for together.
        return self.fetch_mode(models.FETCH_PEERS)

    def current(self) -> Self:
        """Without those that were merged into others."""
        return self.filter(merged_into=None)


class Mergeable(models.Model):
    """A row that stands once for a thing in the world, and can be merged into another that was the same.

    A merged row stays, and leads to the one that it was merged into: bodies and older revisions name rows by
    their ids, and are never rewritten.
    """

    merged_into: models.ForeignKey[Any, Any] = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="merged"
    )

    cites: ClassVar[tuple[str, ...]] = ()
    """The reverse names of rows that name this one, by a foreign key."""

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | ~models.Q(merged_into=models.F("pk")),
                name="%(class)s_is_not_merged_into_itself",
            )
        ]

    @property
    def current(self) -> Any:
        """The row that stands for it now; merging keeps the way to it one step long."""
        return self.merged_into or self

    def merge_into(self, other: Any) -> None:
        """Makes `other` stand for this too: all evidence of this is its own from now on (ValidationError)."""
        manager: Any = type(self)._default_manager
        with transaction.atomic():
            rows = {row.pk: row for row in manager.select_for_update().filter(pk__in=[self.pk, other.pk])}
            mine, kept = rows[self.pk], rows[other.pk]
            if mine.pk == kept.pk:
                raise ValidationError(_("Choose another: this is the same entry."))
            if mine.merged_into_id or kept.merged_into_id:
                raise ValidationError(_("One of the two was merged already. Look at the list again."))
            for name in self.cites:
                getattr(mine, name).update(**{mine._meta.get_field(name).field.name: kept})
            mine._hand_over(kept)
            mine.merged.update(merged_into=kept)
            mine.merged_into = kept
            mine.save()
        self.merged_into = kept

    def _hand_over(self, kept: Any) -> None:
        """What a foreign key doesn't say."""
