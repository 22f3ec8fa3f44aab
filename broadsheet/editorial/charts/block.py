"""A chart in an article: a table that an editor pastes, drawn as SVG on the server."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from broadsheet.editorial.charts.table import ChartTable
from broadsheet.platform.charts.lying import dots, grouped
from broadsheet.platform.charts.over_time import lines
from broadsheet.platform.charts.scale import Scale, in_words
from broadsheet.platform.charts.series import known

BARS = "bars"
LYING = (BARS, "dots")
MOST_LYING = 40
KINDS = [
    (BARS, _("Bars")),
    ("lines", _("Lines")),
    ("dots", _("Dots")),
    ("multiples", _("Small charts beside one another, on one scale")),
]
LONGEST = 20_000


@dataclass(frozen=True)
class Pasted:
    """What stands in the field, and the table it is. Its cells count as no words of the article."""

    source: str

    def __str__(self) -> str:
        return self.source

    def __bool__(self) -> bool:
        return bool(self.source.strip())

    @cached_property
    def table(self) -> ChartTable:
        return ChartTable.read(self.source)


class FiguresBlock(blocks.FieldBlock):
    """Its value is `Pasted`; the database has the text."""

    def __init__(self, **options: Any) -> None:
        self.field_options = {"help_text": options.pop("help_text", "")}
        super().__init__(**options)

    @cached_property
    def field(self) -> forms.CharField:
        return forms.CharField(
            max_length=LONGEST,
            strip=False,
            widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "wrap": "off"}),
            **self.field_options,
        )

    def value_from_form(self, value: Any) -> Pasted:
        return Pasted(value or "")

    def value_for_form(self, value: Any) -> str:
        return str(value or "")

    def to_python(self, value: Any) -> Pasted:
        return Pasted(value or "")

    def normalize(self, value: Any) -> Pasted:
        return value if isinstance(value, Pasted) else Pasted(value or "")

    def get_prep_value(self, value: Any) -> str:
        return str(value or "")

    def clean(self, value: Any) -> Pasted:
        cleaned: Pasted = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        try:
            cleaned.table  # noqa: B018 (reading it is the check)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return cleaned


class ChartValue(blocks.StructValue):
    """What the templates of pages and letters show of it. Without a `table` there is nothing to draw yet."""

    @cached_property
    def table(self) -> ChartTable | None:
        try:
            return self["figures"].table
        except ValueError:
            return None

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """Each label with its values in words, a dash for a gap."""
        table = self.table
        if table is None:
            return []
        return [
            (label, ["–" if value is None else self.figures(value) for value in values])
            for label, *values in zip(table.labels, *(one.values for one in table.series), strict=True)
        ]

    @property
    def begins_at(self) -> str:
        """Where the scale begins, if not at zero."""
        return self.figures(self.scale.low) if self.table and self.scale.low > 0 else ""

    @property
    def drawings(self) -> list[tuple[str, SafeString]]:
        """One drawing, or one for each series with its name."""
        table = self.table
        if table is None:
            return []
        title = self["title"]
        told = {"description": self["description"], "words": in_words, "figures": self.figures}
        match self["kind"]:
            case "lines":
                return [("", lines(title, table.labels, table.series, scale=self.scale, **told))]
            case "dots":
                return [("", dots(title, table.labels, table.series, scale=self.scale, **told))]
            case "multiples":
                told["description"] = ""
                return [
                    (one.name, lines(f"{title}: {one.name}", table.labels, [one], scale=self.scale, **told))
                    for one in table.series
                ]
        return [("", grouped(title, table.labels, table.series, **told))]

    @cached_property
    def scale(self) -> Scale:
        table = self.table
        return Scale.of(
            known(table.series) if table else [],
            begins_at_zero=self["begins_at_zero"] or self["kind"] == BARS,
        )

    def figures(self, value: float) -> str:
        """With as many decimals as the table has, and with its sign of per cent."""
        places = self.table.places if self.table else 0
        number = number_format(value, decimal_pos=places, force_grouping=True).replace("-", "−")
        return pgettext("a share", "%(number)s%%") % {"number": number} if self.is_share else str(number)

    @property
    def is_share(self) -> bool:
        """Whether each value says that it is in per cent, so that no line needs to."""
        return bool(self["unit"].strip() == "%")


class ChartBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120, help_text=_("What the chart shows."))
    kind = blocks.ChoiceBlock(label=_("Kind"), choices=KINDS, default="bars")
    figures = FiguresBlock(
        label=_("Figures"),
        help_text=_(
            "Paste them from a spreadsheet, or type them with commas. The first line names the columns, the "
            "first column the rows. An empty cell is a gap."
        ),
    )
    unit = blocks.CharBlock(
        label=_("Unit"),
        max_length=60,
        required=False,
        help_text=_("What the numbers count, such as “million tons” or “%”."),
    )
    begins_at_zero = blocks.BooleanBlock(
        label=_("The scale begins at zero"),
        required=False,
        default=True,
        help_text=_("Lines and dots may begin elsewhere. The chart says so."),
    )
    source = blocks.CharBlock(label=_("Source"), max_length=200)
    source_url = blocks.URLBlock(label=_("Link to the source"), required=False)
    note = blocks.CharBlock(label=_("Note"), max_length=255, required=False)
    description = blocks.TextBlock(
        label=_("In words"),
        rows=2,
        max_length=500,
        required=False,
        help_text=_("For those who cannot see it. Left empty, highest and lowest values are told."),
    )

    class Meta:
        icon = "bars"
        label = _("Chart")
        template = "editorial/blocks/chart.html"
        value_class = ChartValue

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if self.is_deferred_validation:  # a draft is saved while its figures are typed
            return cleaned
        faults = {}
        if cleaned["kind"] == BARS and not cleaned["begins_at_zero"]:
            faults["begins_at_zero"] = ValidationError(
                gettext("Bars begin at zero, since it is their length that is compared.")
            )
        if cleaned["kind"] in LYING and len(cleaned["figures"].table.labels) > MOST_LYING:
            faults["figures"] = ValidationError(
                gettext("Bars and dots show at most %d rows. Lines show more.") % MOST_LYING
            )
        if faults:
            raise blocks.StructBlockValidationError(faults)
        return cleaned
