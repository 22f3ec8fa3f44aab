from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import StreamBlockValidationError, StreamValue

from broadsheet.platform import clock

if TYPE_CHECKING:
    from broadsheet.editorial.models.picture import Picture

# A body with only these has no content.
NOT_TEXT = frozenset({"divider", "wall", "sponsor", "related"})


class NotReadyError(ValidationError):
    """The article may be saved but not published. `messages` lists everything that is missing."""

    def __init__(self, article: Any, faults: list[str]) -> None:
        super().__init__(faults)
        self.article = article


class Readiness(models.Model):
    """What an article must have before it is published, however that is asked for."""

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        title: str
        picture: "Picture | None"
        body: StreamValue
        embargo_until: datetime | None
        go_live_at: datetime | None

    def pictures(self) -> "Iterator[Picture]":
        """The lead picture and every one in the body."""
        if self.picture:
            yield self.picture
        for block in self.body:
            if block.block_type == "picture" and block.value["image"]:
                yield block.value["image"]
            elif block.block_type == "gallery":
                yield from (p["image"] for p in block.value["pictures"] if p["image"])

    def faults(self) -> list[str]:
        """Everything that keeps the article from being published or scheduled, one sentence each."""
        faults: list[Any] = []
        if not self.title.strip():
            faults.append(_("It has no headline."))
        if not any(block.block_type not in NOT_TEXT for block in self.body):
            faults.append(_("It has no body."))
        faults += self._unfinished_parts()
        goes_live_at = max(clock.now(), self.go_live_at or clock.now())
        if self.embargo_until and self.embargo_until > goes_live_at:
            until = timezone.localtime(self.embargo_until)
            faults.append(
                format_lazy(
                    _("It is under embargo until {}: schedule it for then or later."),
                    f"{until:%-d %B %Y, %H:%M %Z}",
                )
            )
        faults += [
            format_lazy(_("The picture “{}” has no credit."), picture.title)
            for picture in {p.pk: p for p in self.pictures()}.values()
            if not picture.may_be_published
        ]
        return [str(fault) for fault in faults]

    def _unfinished_parts(self) -> list[Any]:
        # A draft may be saved with gaps in its blocks, and Wagtail looks for them only in the editor's form.
        try:
            self.body.stream_block.clean(self.body)
        except StreamBlockValidationError as error:
            parts = [
                format_lazy(
                    _("Part {} of the body ({}) is unfinished."),
                    position + 1,
                    self.body[position].block.label,
                )
                for position in sorted(error.block_errors)
            ]
            return [*parts, *(message for e in error.non_block_errors.as_data() for message in e.messages)]
        return []

    def check_ready(self) -> None:
        """Raises `NotReadyError` if anything is missing."""
        if faults := self.faults():
            raise NotReadyError(self, faults)

    def publish(self, revision: Any, *args: Any, **kwargs: Any) -> Any:
        """Publishes or schedules `revision`, unless something it needs is missing (`NotReadyError`)."""
        revision.as_object().check_ready()
        return super().publish(revision, *args, **kwargs)  # type: ignore[misc]
