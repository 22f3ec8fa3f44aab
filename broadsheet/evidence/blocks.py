"""Blocks of an article's body that carry evidence: who said it, what is known, who disagrees.

Speakers, sources and contested terms are rows that blocks choose, so that each is entered once. What stands
in a published body becomes rows too: see recording.py.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks

from broadsheet.evidence.gathering import EvidenceChooser
from broadsheet.evidence.partial_dates import validate_partial_date

if TYPE_CHECKING:
    from django.db.models import Model

    from broadsheet.evidence.models import Source, Speaker


class Sourced(blocks.StructValue):
    """A block's value that names sources, in fields of its own or in those of its children."""

    @property
    def at(self) -> "Source | None":
        """Its source, whatever it has been merged into."""
        return self["source"].current if self.get("source") else None

    @property
    def sources_here(self) -> "list[Source]":
        """Those of this value, without those of its children."""
        many = [source.current for source in self.get("sources") or () if source]
        return many or ([self.at] if self.at else [])

    def sources(self) -> "Iterator[Source]":
        """Every source in it, in order."""
        yield from self.sources_here
        for value in self.values():
            if isinstance(value, Sourced):
                yield from value.sources()
            elif isinstance(value, blocks.list_block.ListValue):
                for child in value:
                    if isinstance(child, Sourced):
                        yield from child.sources()


class Quoted(Sourced):
    @property
    def who(self) -> "Speaker | None":
        return self["speaker"].current if self["speaker"] else None


class Held(Sourced):
    @property
    def who(self) -> "Speaker | None":
        return self["holder"].current if self["holder"] else None


class Explained(Sourced):
    def sources(self) -> "Iterator[Source]":
        if self["term"] and self["term"].source:
            yield self["term"].source.current


def source_chooser(**options: Any) -> EvidenceChooser:
    return EvidenceChooser("evidence.Source", label=_("Source"), icon="link", **options)


def speaker_chooser(**options: Any) -> EvidenceChooser:
    return EvidenceChooser("evidence.Speaker", icon="user", **options)


class TermChooser(EvidenceChooser):
    def read(self, wanted: Iterable[int | None]) -> "Mapping[int, Model]":
        from broadsheet.evidence.models.term import register

        return register()


class QuotationBlock(blocks.StructBlock):
    text = blocks.TextBlock(
        label=_("Exact words"), rows=3, help_text=_("Without the quotation marks around them.")
    )
    speaker = speaker_chooser(label=_("Speaker"))
    role = blocks.CharBlock(label=_("Role at the time"), max_length=160, required=False)
    said_on = blocks.DateBlock(label=_("Said on"), required=False)
    where = blocks.CharBlock(label=_("Where"), max_length=120, required=False)
    source = source_chooser()
    setting = blocks.ChoiceBlock(
        label=_("Set"),
        choices=[("block", _("By itself")), ("running", _("In running text"))],
        default="block",
    )
    before = blocks.CharBlock(
        label=_("Text before it"), max_length=400, required=False, help_text=_("Only in running text.")
    )
    after = blocks.CharBlock(label=_("Text after it"), max_length=400, required=False)

    class Meta:
        icon = "openquote"
        label = _("Quotation")
        group = _("Evidence")
        template = "evidence/quotation.html"
        value_class = Quoted


class FactBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Fact"), rows=2)
    as_of = blocks.DateBlock(label=_("As of"))
    sources = blocks.ListBlock(source_chooser(), label=_("Sources"), min_num=1)

    class Meta:
        value_class = Sourced


class FactsBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120, default=_("The facts"))
    items = blocks.ListBlock(FactBlock(), label=_("Facts"), min_num=1)

    class Meta:
        icon = "list-ol"
        label = _("Facts box")
        group = _("Evidence")
        template = "evidence/facts.html"
        value_class = Sourced


class PartialDateBlock(blocks.CharBlock):
    """A year, a month or a day, as far as it is known: 2011, 2011-03 or 2011-03-15."""

    def clean(self, value: str) -> str:
        value = super().clean(value).strip()
        if value:  # a draft may lack it
            validate_partial_date(value)
        return value


class TimelineEntryBlock(blocks.StructBlock):
    when = PartialDateBlock(label=_("When"), help_text=_("2011, 2011-03 or 2011-03-15"))
    text = blocks.TextBlock(label=_("What happened"), rows=2)
    source = source_chooser()

    class Meta:
        value_class = Sourced


class Timeline(Sourced):
    def ordered(self) -> "list[blocks.list_block.ListValue.ListChild]":
        """Its entries, each bound with its id."""
        return sorted(self["entries"].bound_blocks, key=lambda entry: entry.value["when"] or "")


class TimelineBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120, default=_("Timeline"))
    entries = blocks.ListBlock(TimelineEntryBlock(), label=_("Entries"), min_num=2)

    class Meta:
        icon = "history"
        label = _("Timeline")
        group = _("Evidence")
        template = "evidence/timeline.html"
        value_class = Timeline


class PositionBlock(blocks.StructBlock):
    holder = speaker_chooser(label=_("Who holds it"))
    position = blocks.TextBlock(label=_("The position, in our words"), rows=3)
    evidence = blocks.TextBlock(
        label=_("In their words"), rows=2, required=False, help_text=_("Exact, without quotation marks.")
    )
    source = source_chooser()

    class Meta:
        value_class = Held


class PerspectivesBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("The question"), max_length=200)
    positions = blocks.ListBlock(PositionBlock(), label=_("Positions"), min_num=2)

    class Meta:
        icon = "group"
        label = _("Perspectives")
        group = _("Evidence")
        template = "evidence/perspectives.html"
        value_class = Sourced

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        holders = [position["holder"].current for position in cleaned["positions"]]
        if len(set(holders)) < 2:
            raise blocks.StructBlockValidationError(
                {"positions": ValidationError(_("Two sides at least: here one holds every position."))}
            )
        return cleaned


class ContestedTermBlock(blocks.StructBlock):
    term = TermChooser("evidence.ContestedTerm", label=pgettext_lazy("contested", "Term"), icon="help")

    class Meta:
        icon = "help"
        label = _("Contested term")
        group = _("Evidence")
        template = "evidence/contested_term.html"
        value_class = Explained


class FurtherSourcesBlock(blocks.StructBlock):
    """What the text rests on besides. It shows in the list of sources alone."""

    sources = blocks.ListBlock(source_chooser(), label=_("Sources"), min_num=1)

    class Meta:
        icon = "link"
        label = _("Further sources")
        group = _("Evidence")
        template = "evidence/further_sources.html"
        value_class = Sourced


EVIDENCE_BLOCKS = [
    ("quotation", QuotationBlock()),
    ("facts", FactsBlock()),
    ("timeline", TimelineBlock()),
    ("perspectives", PerspectivesBlock()),
    ("contested_term", ContestedTermBlock()),
    ("further_sources", FurtherSourcesBlock()),
]
