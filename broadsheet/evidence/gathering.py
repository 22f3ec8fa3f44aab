"""Has the rows that a body's blocks name read once for all of its blocks, in a query for each kind of row.

Wagtail asks for each field of each kind of block by itself, which for an article with quotations, facts, a
timeline and positions is a dozen queries where two are enough.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

type Raw = dict[str, Any]
"""A block as the database has it: its ``type``, ``value`` and ``id``."""
type Rows = dict[type[models.Model], Mapping[int, models.Model]]

_gathered: ContextVar[Rows] = ContextVar("gathered", default={})  # noqa: B039 (never changed in place)


class EvidenceChooser(SnippetChooserBlock):
    """Chooses a row of a model whose default manager has ``for_bodies()``: rows with all that is shown."""

    def bulk_to_python(self, values: Iterable[int | None]) -> list[models.Model | None]:
        wanted = list(values)
        known = _gathered.get().get(self.model_class)
        # A stream within a block, which a magazine's own block may have, was not looked through.
        if known is None or not known.keys() >= {pk for pk in wanted if pk is not None}:
            known = self.read(wanted)
        return [None if pk is None else known.get(pk) for pk in wanted]

    def read(self, wanted: Iterable[int | None]) -> Mapping[int, models.Model]:
        pks = {pk for pk in wanted if pk is not None}
        found: dict[int, models.Model] = self.model_class.objects.for_bodies().in_bulk(pks)
        return found

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        # As Wagtail's own, so that migrations don't name this class.
        _path, args, options = super().deconstruct()
        return "wagtail.snippets.blocks.SnippetChooserBlock", args, options


class GatheredValue(blocks.StreamValue):
    """A stream of which all blocks are read with the first."""

    is_read = False

    def __getitem__(self, place: int | slice) -> Any:
        if not self.is_read:
            self.is_read = True
            with _gathering(self.stream_block, self.raw_data):
                list(self)
        return super().__getitem__(place)


class GatheringBlock(blocks.StreamBlock):
    """A stream whose blocks may hold choosers of evidence."""

    def to_python(self, value: Any) -> blocks.StreamValue:
        found = super().to_python(value)
        is_stored = isinstance(value, str) or (
            isinstance(value, list) and value and isinstance(value[0], dict)
        )
        return GatheredValue(self, list(found.raw_data), is_lazy=True) if is_stored and found else found

    def bulk_to_python(self, values: Iterable[Iterable[Raw]]) -> list[blocks.StreamValue]:
        streams = [list(stream) for stream in values]
        with _gathering(self, (raw for stream in streams for raw in stream)):
            found: list[blocks.StreamValue] = super().bulk_to_python(streams)
        return found


@contextmanager
def _gathering(stream: blocks.StreamBlock, raw: Iterable[Raw]) -> Iterator[None]:
    wanted: dict[type[models.Model], set[int]] = defaultdict(set)
    choosers: dict[type[models.Model], EvidenceChooser] = {}
    for block in raw:
        if kind := stream.child_blocks.get(block["type"]):
            for chooser, pk in _chosen(kind, block["value"]):
                choosers[chooser.model_class] = chooser
                wanted[chooser.model_class].add(pk)
    token = _gathered.set({model: chooser.read(wanted[model]) for model, chooser in choosers.items()})
    try:
        yield
    finally:
        _gathered.reset(token)


def _chosen(kind: blocks.Block, value: Any) -> Iterator[tuple[EvidenceChooser, int]]:
    if isinstance(kind, EvidenceChooser):
        if value is not None:
            yield kind, value
    elif isinstance(kind, blocks.StructBlock) and isinstance(value, dict):
        for name, child in kind.child_blocks.items():
            yield from _chosen(child, value.get(name))
    elif isinstance(kind, blocks.ListBlock) and isinstance(value, list):
        for item in value:
            # Wagtail once stored the values alone.
            is_new = isinstance(item, dict) and item.get("type") == "item"
            yield from _chosen(kind.child_block, item["value"] if is_new else item)
