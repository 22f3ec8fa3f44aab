"""What an entry of a live coverage is made of, and the two blocks that stand for a coverage in an article."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks import StreamValue

from broadsheet.editorial.body import INLINE_FEATURES, EmbedBlock, PictureBlock
from broadsheet.evidence.blocks import QuotationBlock
from broadsheet.evidence.gathering import GatheringBlock

if TYPE_CHECKING:
    from broadsheet.editorial.models.coverage import Coverage
    from broadsheet.editorial.models.entry import Entry


class EntryBody(GatheringBlock):
    """The safe blocks of an article that are quick to fill in."""

    text = blocks.RichTextBlock(
        label=_("Text"), features=INLINE_FEATURES, icon="pilcrow", template="editorial/blocks/text.html"
    )
    picture = PictureBlock()
    quotation = QuotationBlock()
    embed = EmbedBlock()


class _Standing(blocks.Block):
    """Stands for rows among the blocks of an article that is shown. Nobody edits it."""

    def __init__(self, name: str, template: str) -> None:
        super().__init__(template=template)
        self.set_name(name)

    def bound(self, value: Any, id: str) -> StreamValue.StreamChild:
        return StreamValue.StreamChild(self, value, id=id)


ENTRY, COVERAGE = "entry", "coverage"
_entry = _Standing(ENTRY, "editorial/live/entry.html")
_coverage = _Standing(COVERAGE, "editorial/live/coverage.html")


def entry_block(entry: "Entry") -> StreamValue.StreamChild:
    return _entry.bound(entry, f"entry/{entry.number}")


def coverage_block(coverage: "Coverage") -> StreamValue.StreamChild:
    """Where the coverage stands, its summary and its key points."""
    return _coverage.bound(coverage, "coverage")
