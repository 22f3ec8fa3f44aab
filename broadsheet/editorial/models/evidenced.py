from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import StreamValue

from broadsheet.editorial.opening import Bound, pieces
from broadsheet.evidence.blocks import Sourced
from broadsheet.evidence.models import Source
from broadsheet.evidence.recording import added_to

GROWING = frozenset({"facts", "timeline"})
"""Blocks whose rows readers are told of when they come back."""


class Work(models.TextChoices):
    """What an article rests on in the main, as its end tells readers."""

    REPORTED = "reported", _("Our own reporting")
    DOCUMENTS = "documents", _("Documents and records that anybody can read")
    DIGEST = "digest", _("A digest of what others reported")
    DATA = "data", _("Data that we worked on ourselves")
    EXPERIENCE = "experience", _("What the author saw, read and thought")


class Evidenced(models.Model):
    """What an article rests on, and how it was found out."""

    work = models.CharField(
        _("kind of work"),
        max_length=10,
        choices=Work.choices,
        blank=True,
        help_text=_("Shown at the end, under “How we know”."),
    )
    methods = models.TextField(
        _("how we know"),
        max_length=1200,
        blank=True,
        help_text=_("Who was asked, what was read and checked, what could not be."),
    )

    body: StreamValue
    corrections: Any

    class Meta:
        abstract = True

    @cached_property
    def told(self) -> list[Bound]:
        """All blocks of it, in the order in which they were written."""
        return list(self.body)

    @cached_property
    def sources(self) -> list[Source]:
        return self.sources_in(self.told)

    @staticmethod
    def sources_in(blocks: Iterable[Any]) -> list[Source]:
        """Every source named by the evidence in `blocks`, once each, in order."""
        found: dict[int, Source] = {}
        for block in pieces(blocks):
            if isinstance(block.value, Sourced):
                for source in block.value.sources():
                    found.setdefault(source.pk, source)
        return list(found.values())

    @cached_property
    def added(self) -> dict[str, datetime]:
        """Key of a fact, a timeline's entry or a correction → when readers could first see it."""
        return added_to(self) if self.pk else {}

    @property
    def may_grow(self) -> bool:
        """Whether it tells of what goes on, so that who comes back is shown what is new."""
        kinds = {block.block_type for block in self.body}
        return bool(kinds & GROWING) or bool(self.corrections.all())

    @cached_property
    def source_numbers(self) -> dict[int, int]:
        """Source id → its number in the list of sources."""
        return {source.pk: number for number, source in enumerate(self.sources, start=1)}
