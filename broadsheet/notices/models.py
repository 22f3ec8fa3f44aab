from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from broadsheet.notices import kinds
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.edition_field import EditionTagField


class NoticeQuerySet(models.QuerySet["Notice"]):
    def due(self, at: datetime) -> Self:
        return self.filter(sent_at=None, dropped_at=None, due_at__lte=at).order_by("due_at", "pk")


class NoticeManager(models.Manager.from_queryset(NoticeQuerySet)):  # type: ignore[misc]
    def set_down(
        self,
        kind: str,
        about: int,
        *,
        edition: str,
        key: str = "",
        person: Person | None = None,
        email: str = "",
        due_at: datetime | None = None,
    ) -> None:
        """Has something said once: asked again with the same kind, subject and key, it changes nothing.

        Raises UnknownKind where no room has registered `kind`.
        """
        kinds.require(kind)
        row = Notice(
            kind=kind,
            about=about,
            key=key,
            person=person,
            email=email,
            edition=edition,
            due_at=due_at or clock.now(),
        )
        self.bulk_create([row], ignore_conflicts=True)

    def drop(self, kind: str, about: int) -> None:
        """Leaves unsaid what is not true any more."""
        self.filter(kind=kind, about=about, sent_at=None).delete()


class Notice(models.Model):
    """Something that must be said to somebody once: when it is due, and when it was said.

    `about` is the primary key of what its kind is about; with `key` it tells this occasion from every other.
    """

    # By a function: the kinds are those that the rooms above register.
    kind = models.CharField(max_length=14, choices=kinds.choices)
    about = models.BigIntegerField()
    key = models.CharField(max_length=60, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="notices"
    )
    email = models.EmailField(blank=True)
    edition = EditionTagField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    """When it came up and was not true any more."""

    objects: ClassVar[NoticeManager] = NoticeManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "about", "key"], name="notice_once_for_an_occasion"),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | ~Q(email=""), name="notice_goes_to_somebody"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(sent_at=None, dropped_at=None), name="notice_due")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.about}"

    def save(self, **kwargs: Any) -> None:
        """Raises UnknownKind."""
        kinds.require(self.kind)
        super().save(**kwargs)

    @property
    def to(self) -> str:
        return self.person.email if self.person else self.email
