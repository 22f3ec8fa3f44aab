"""Blocks of an article's body that carry evidence: who said it, what is known, who disagrees.

Each value knows its sources, and editorial gathers them into the article's source list.
"""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    url: str


class Sourced(blocks.StructValue):
    """A block's value whose sources stand in the field `source` or in that of its children."""

    def sources(self) -> list[Source]:
        found = []
        for value in self.values():
            if isinstance(value, Sourced):
                found += value.sources()
            elif isinstance(value, blocks.list_block.ListValue):
                found += [s for child in value if isinstance(child, Sourced) for s in child.sources()]
        if "url" in self and self.get("name"):
            found.append(Source(self["name"], self["url"] or ""))
        return found


class SourceBlock(blocks.StructBlock):
    name = blocks.CharBlock(label=_("Source"), max_length=120, help_text=_("“The Kremlin”, “WHO”"))
    url = blocks.URLBlock(label=_("Link"), required=False)

    class Meta:
        label = _("Source")
        icon = "link"
        value_class = Sourced


class QuotationBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Exact words"), rows=3)
    speaker = blocks.CharBlock(label=_("Speaker"), max_length=120)
    role = blocks.CharBlock(label=_("Role at the time"), max_length=160, required=False)
    said_on = blocks.DateBlock(label=_("Said on"), required=False)
    where = blocks.CharBlock(label=_("Where"), max_length=120, required=False)
    source = SourceBlock()

    class Meta:
        icon = "openquote"
        label = _("Quotation")
        group = _("Evidence")
        template = "evidence/quotation.html"
        value_class = Sourced


class FactBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Fact"), rows=2)
    as_of = blocks.DateBlock(label=_("As of"), required=False)
    source = SourceBlock()

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
        if not re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", value):
            raise ValidationError(_("Write a year, a month or a day: 2011, 2011-03 or 2011-03-15."))
        return value


class TimelineEntryBlock(blocks.StructBlock):
    when = PartialDateBlock(label=_("When"), help_text=_("2011, 2011-03 or 2011-03-15"))
    text = blocks.TextBlock(label=_("What happened"), rows=2)
    source = SourceBlock()

    class Meta:
        value_class = Sourced


class Timeline(Sourced):
    def ordered(self) -> list[Sourced]:
        return sorted(self["entries"], key=lambda entry: entry["when"])


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
    holder = blocks.CharBlock(label=_("Who holds it"), max_length=120)
    position = blocks.TextBlock(label=_("The position, in our words"), rows=3)
    evidence = blocks.TextBlock(label=_("In their words"), rows=2, required=False)
    source = SourceBlock()

    class Meta:
        value_class = Sourced


class PerspectivesBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("The question"), max_length=200)
    positions = blocks.ListBlock(PositionBlock(), label=_("Positions"), min_num=2)

    class Meta:
        icon = "group"
        label = _("Perspectives")
        group = _("Evidence")
        template = "evidence/perspectives.html"
        value_class = Sourced


class TermUseBlock(blocks.StructBlock):
    who = blocks.CharBlock(label=_("Who says it"), max_length=120)
    whom = blocks.CharBlock(label=_("Of whom"), max_length=200)

    class Meta:
        value_class = Sourced


class ContestedTermBlock(blocks.StructBlock):
    term = blocks.CharBlock(label=_("Term"), max_length=80)
    uses = blocks.ListBlock(TermUseBlock(), label=_("Who uses it for whom"), min_num=2)
    our_use = blocks.TextBlock(label=_("What we write, and why"), rows=3)
    source = SourceBlock()

    class Meta:
        icon = "help"
        label = _("Contested term")
        group = _("Evidence")
        template = "evidence/contested_term.html"
        value_class = Sourced


EVIDENCE_BLOCKS = [
    ("quotation", QuotationBlock()),
    ("facts", FactsBlock()),
    ("timeline", TimelineBlock()),
    ("perspectives", PerspectivesBlock()),
    ("contested_term", ContestedTermBlock()),
]
