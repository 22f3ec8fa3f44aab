from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import StreamBlockValidationError, StreamValue

from broadsheet.editorial.opening import plain_text
from broadsheet.evidence.gaps import gaps_in
from broadsheet.evidence.own_voice import Use, uses_in
from broadsheet.platform import clock

if TYPE_CHECKING:
    from broadsheet.editorial.models.picture import Picture

# A body with only these has no content.
NOT_TEXT = frozenset({"divider", "wall", "sponsor", "related"})


OWN = frozenset({"text", "heading", "list", "picture", "gallery", "table"})
"""Blocks in which the publication speaks itself."""


class Fault(str):
    """A sentence that says what is missing, with the id of the block in which it is."""

    __slots__ = ("place",)
    place: str

    def __new__(cls, sentence: object, place: str = "") -> Self:
        fault = super().__new__(cls, sentence)
        fault.place = place
        return fault


def _said(error: ValidationError) -> Iterator[str]:
    """What is wrong with what a block holds; nothing of what it merely lacks."""
    if nested := getattr(error, "block_errors", None):
        for one in nested.values():
            yield from _said(one)
    elif hasattr(error, "error_list"):
        yield from (one.messages[0] for one in error.error_list if one.code in (None, "invalid"))


class NotReadyError(ValidationError):
    """The article or page may be saved but not published. `messages` lists everything that is missing."""

    def __init__(self, article: Any, faults: list[str]) -> None:
        super().__init__(faults)
        self.article = article
        self.faults = faults


def pictures_in(body: StreamValue) -> "Iterator[tuple[str, Picture]]":
    """Each with the id of its block."""
    for block in body:
        if block.block_type == "picture" and block.value["image"]:
            yield block.id or "", block.value["image"]
        elif block.block_type == "gallery":
            yield from ((block.id or "", p["image"]) for p in block.value["pictures"] if p["image"])


def uncredited(placed: "Iterable[tuple[str, Picture]]") -> list[Fault]:
    """A fault for each of the pictures that may not be published, at the first place where it stands."""
    pictures: dict[int, tuple[str, Picture]] = {}
    for place, picture in placed:
        pictures.setdefault(picture.pk, (place, picture))
    return [
        Fault(_("The picture “%s” has no credit.") % picture.title, place)
        for place, picture in pictures.values()
        if not picture.may_be_published
    ]


class Readiness(models.Model):
    """What an article must have before it is published, however that is asked for."""

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        title: str
        standfirst: str
        picture: "Picture | None"
        body: StreamValue
        embargo_until: datetime | None
        go_live_at: datetime | None

    def pictures(self) -> "Iterator[Picture]":
        """The lead picture and every one in the body."""
        return (picture for _place, picture in self.placed_pictures())

    def placed_pictures(self) -> "Iterator[tuple[str, Picture]]":
        """Each with the id of its block, which the lead picture has none of."""
        if self.picture:
            yield "", self.picture
        yield from pictures_in(self.body)

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
                    f"{date_format(until, 'DATETIME_FORMAT')} {until:%Z}",
                )
            )
        faults += uncredited(self.placed_pictures())
        return [fault if isinstance(fault, Fault) else str(fault) for fault in faults]

    def _unfinished_parts(self) -> list[Any]:
        # A draft may be saved with gaps in its blocks, and Wagtail looks for them only in the editor's form.
        try:
            self.body.stream_block.clean(self.body)
        except StreamBlockValidationError as error:
            parts: list[Any] = []
            for position in sorted(error.block_errors):
                block = self.body[position]
                part = _("Part %(number)d of the body (%(kind)s)") % {
                    "number": position + 1,
                    "kind": block.block.label,
                }
                gaps = list(gaps_in(block.block_type, block.value))
                gaps = gaps or [
                    _("%(part)s: %(fault)s") % {"part": part, "fault": said}
                    for said in _said(error.block_errors[position])
                ]
                gaps = gaps or [_("%s is unfinished.") % part]
                parts += [Fault(gap, block.id or "") for gap in gaps]
            return [*parts, *(message for e in error.non_block_errors.as_data() for message in e.messages)]
        return []

    def contested_uses(self) -> list[Use]:
        """Registered terms in the publication's own voice. They keep nothing from being published."""
        texts = [("", self.title), ("", self.standfirst)]
        texts += [(block.id or "", plain_text(block.value)) for block in self.body if block.block_type in OWN]
        return list(uses_in(texts))

    def check_ready(self) -> None:
        """Raises `NotReadyError` if anything is missing."""
        if faults := self.faults():
            raise NotReadyError(self, faults)

    def publish(self, revision: Any, *args: Any, **kwargs: Any) -> Any:
        """Publishes or schedules `revision`, unless something it needs is missing (`NotReadyError`)."""
        revision.as_object().check_ready()
        return super().publish(revision, *args, **kwargs)  # type: ignore[misc]
